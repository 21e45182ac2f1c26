import type { EndpointRow } from "../endpoint.ts"
import { messageOf } from "../error.ts"
import type { Logger } from "../logger.ts"
import type { EndpointStore } from "../ports.ts"
import type { Seal } from "../seal.ts"
import { isSealedAnew, reseal } from "./reseal.ts"

/** Endpoints that one call writes, so that it fits behind a sweep. */
export const RESEAL_MAX = 50

export interface ResealDeps {
  store: Pick<EndpointStore, "listEndpoints" | "putEndpoint">
  seal: Seal
  logger: Logger
}

export interface Resealed {
  resealed: number
  /** Endpoints that still need an older key: at 0 it may be taken out. */
  left: number
  /** Endpoints whose key is not given: no key that is given is of any use to them. */
  unopened: number
}

/**
 * Seals anew what is under an older key, of at most `max` endpoints a call. For runtimes to call while more than one key is given, and
 * again later: a process that began before the new key came first goes on sealing with the older one until it ends. Deleted endpoints
 * are left as they are, since nothing of theirs is opened any more.
 */
export const resealEndpoints = async ({ store, seal, logger }: ResealDeps, max = RESEAL_MAX): Promise<Resealed> => {
  const old = (await store.listEndpoints()).filter((row) => !isSealedAnew(row, seal))
  const failures: string[] = []
  const open = old.flatMap((row) => {
    const anew = resealOrMessage(row, seal)
    if (typeof anew !== "string") return [anew]
    failures.push(anew)
    return []
  })
  let resealed = 0
  for (const row of open.slice(0, max))
    // Lost against another write: the next call reads the row as it is then.
    if (await store.putEndpoint(row, row.version - 1)) resealed++

  const done = { resealed, left: open.length - resealed, unopened: failures.length }
  const [error] = failures
  if (error !== undefined) logger.error("endpoints.unopened", { unopened: failures.length, error })
  logger.info("endpoints.resealed", { ...done })
  return done
}

/** One endpoint whose key is lost must not keep the others waiting. */
const resealOrMessage = (row: EndpointRow, seal: Seal): EndpointRow | string => {
  try {
    return reseal(row, seal)
  } catch (error) {
    return messageOf(error)
  }
}
