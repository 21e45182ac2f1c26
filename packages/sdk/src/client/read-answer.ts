import { PosthornError } from "./error.ts"
import { retryAfterOf } from "./retry.ts"
import type { Problem } from "./types.ts"

/** Pages of events have at most some 6 MB; whatever sends more is no deployment of Posthorn. */
const ANSWER_BYTES_MAX = 32 * 1_024 * 1_024

/** What came when all is well: the body's JSON; undefined where there is none. */
export interface Answer {
  body: unknown
}

/** An answer as far as it may go, or what is wrong with it. Rejects where the connection ends within. */
export const readAnswer = async (response: Response, now: number): Promise<Answer | PosthornError> =>
  judge(response, await readText(response), now)

const judge = (response: Response, text: string, now: number): Answer | PosthornError => {
  const { status, headers } = response
  const requestId = headers.get("request-id")
  const retryAfterMs = retryAfterOf(headers.get("retry-after"), now)
  const fault = (detail: string): PosthornError =>
    new PosthornError({ code: "unexpected_answer", detail, status, requestId, retryAfterMs })
  // A browser does not say more of a redirect than that it was one.
  if (response.type === "opaqueredirect" || (status >= 300 && status < 400))
    return fault(`The deployment answered with a redirect${whereTo(headers)}, which is not followed. Correct the url.`)
  const body = parseJson(text)
  if (response.ok) {
    if (status === 204 || body !== undefined) return { body }
    return fault("The answer is not JSON. Is the url that of a Posthorn deployment?")
  }
  if (!isProblem(body)) return fault(`The answer has the status ${String(status)} and is not one of Posthorn's.`)
  return new PosthornError({ ...body, status, requestId: body.requestId, retryAfterMs })
}

const whereTo = (headers: Headers): string => {
  const location = headers.get("location")
  return location !== null && URL.canParse(location) ? ` to ${new URL(location).origin}` : ""
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

const isProblem = (body: unknown): body is Problem => {
  if (typeof body !== "object" || body === null) return false
  const { code, detail, errors } = body as Partial<Problem>
  return typeof code === "string" && typeof detail === "string" && Array.isArray(errors)
}

/** The whole body, as far as it may go. */
const readText = async (response: Response): Promise<string> => {
  if (response.body === null) return ""
  const decoder = new TextDecoder()
  const reader = response.body.getReader()
  let text = ""
  let bytes = 0
  for (;;) {
    const { done, value } = (await reader.read()) as { done: boolean; value?: Uint8Array }
    if (done || value === undefined) return text + decoder.decode()
    bytes += value.byteLength
    if (bytes > ANSWER_BYTES_MAX) {
      await reader.cancel()
      const detail = `The answer is longer than ${String(ANSWER_BYTES_MAX)} bytes. Is the url that of a Posthorn deployment?`
      throw new PosthornError({ code: "unexpected_answer", detail, status: response.status })
    }
    text += decoder.decode(value, { stream: true })
  }
}
