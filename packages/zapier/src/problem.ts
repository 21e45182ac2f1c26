import type { HttpResponse, ZObject } from "zapier-platform-core"

/** RFC 9457, as Posthorn answers it with every 4xx and 5xx. */
export interface ProblemJson {
  code: string
  detail: string
  errors: { in: string; pointer: string; message: string }[]
}

/** Zapier tries again after this where an answer does not say. Its own choice would be 60 s too. */
const THROTTLED_SECONDS = 60

/** The problem in an answer, or null where something else answered: a proxy, or no Posthorn at all. */
export const problemOf = ({ data }: Pick<HttpResponse, "data">): ProblemJson | null => {
  const { code, detail, errors = [] } = (data ?? {}) as Partial<ProblemJson>
  return typeof code === "string" && typeof detail === "string" ? { code, detail, errors } : null
}

/** Turns an answer that is no success into the error that makes Zapier do the right thing. */
export const throwFor = (response: HttpResponse, z: ZObject): never => {
  const { status } = response
  const problem = problemOf(response)
  const detail = problem === null ? `Something that is not Posthorn answered ${status}.` : sentenceOf(problem)
  if (status === 401 && problem !== null)
    throw withoutLog(new z.errors.ExpiredAuthError(`Reconnect Posthorn. ${detail}`))
  if (status === 429) throw new z.errors.ThrottledError(detail, retryAfterOf(response))
  if (status >= 300 && status <= 399)
    throw new z.errors.Error("The base URL leads to another address: write that one instead.", "Redirect", status)
  if (problem === null) throw new z.errors.Error(`${detail} Check the base URL.`, "NotPosthorn", status)
  throw new z.errors.Error(detail, problem.code, status)
}

const sentenceOf = ({ detail, errors }: ProblemJson): string => {
  const others = errors.map(({ message }) => message).filter((message) => !detail.includes(message))
  return [detail, ...others].join(" ")
}

/** In seconds, as Posthorn writes it. */
const retryAfterOf = (response: HttpResponse): number => {
  const seconds = Number.parseInt(response.getHeader("retry-after") ?? "", 10)
  return Number.isNaN(seconds) ? THROTTLED_SECONDS : seconds
}

/** The platform adds its log of requests to this kind of error, URLs and all; a hook's URL may stand in a query. */
const withoutLog = (error: Error): Error => Object.assign(error, { doNotContextify: true })
