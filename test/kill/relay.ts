import { renameSync, rmSync, writeFileSync } from "node:fs"
import path from "node:path"

import type { Point } from "./windows.ts"
import { NPM_START, type Running, run } from "./process.ts"

const ADMIN_KEY = "phk_test_key_of_the_kill_test"
const CRASH = path.join(import.meta.dirname, "crash-at.mjs")

/** The relay as `npm start` starts it, again and again on one directory. */
export const createRelay = ({ dataDir, upstreamUrl }: { dataDir: string; upstreamUrl: string }) => {
  const crashAt = `${dataDir}.crash-at`
  let running: Running | null = null
  let url = ""

  const api = async <Answer>(route: string, body?: unknown): Promise<Answer> => {
    const headers = { authorization: `Bearer ${ADMIN_KEY}`, "content-type": "application/json" }
    const response = await fetch(`${url}${route}`, {
      headers,
      ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
    })
    if (!response.ok) throw new Error(`${route}: ${await response.text()}`)
    return (await response.json()) as Answer
  }

  return {
    api,
    /** The ids of all events in its logs. */
    events: async (): Promise<string[]> => {
      const ids: string[] = []
      for (let cursor: string | null = ""; cursor !== null;) {
        const page: { data: { id: string }[]; nextCursor: string | null } = await api(
          `/v1/events?limit=100${cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`}`,
        )
        ids.push(...page.data.map(({ id }) => id))
        cursor = page.nextCursor
      }
      return ids
    },
    launch: (): void => {
      running = run(["sh", "-c", NPM_START], {
        NODE_OPTIONS: `--import=${CRASH}`,
        CRASH_AT: crashAt,
        CONNECTSAFELY_API_KEY: "a-key-that-the-simulator-takes",
        CONNECTSAFELY_BASE_URL: upstreamUrl,
        POSTHORN_ADMIN_KEY: ADMIN_KEY,
        POSTHORN_DATA_DIR: dataDir,
        POSTHORN_POLL_SECONDS: "1",
        POSTHORN_REQUESTS_PER_MINUTE: "6000",
        PORT: "0",
      })
    },
    ready: async (): Promise<void> => {
      url = (await running!.says(/Posthorn +(http:\S+)/))[1] ?? ""
    },
    /** Rather than wait for the next poll. Nobody has to be there. */
    pollNow: async (accountIds: string[]): Promise<void> => {
      await Promise.allSettled(accountIds.map((id) => api(`/v1/accounts/${id}/poll`, {})))
    },
    /** From now on it is to die there. */
    arm: (point: Point): void => {
      writeFileSync(`${crashAt}.new`, JSON.stringify(point))
      renameSync(`${crashAt}.new`, crashAt)
    },
    disarm: (): void => rmSync(crashAt, { force: true }),
    hasEnded: (): boolean => running?.end() !== null,
    /** How the launcher ended: 137 when its child was killed by SIGKILL. */
    ended: async () => running!.ended(),
    pid: (): number => running!.pid,
    said: (): string => `${running!.out()}${running!.err()}`,
  }
}

export type Relay = ReturnType<typeof createRelay>
