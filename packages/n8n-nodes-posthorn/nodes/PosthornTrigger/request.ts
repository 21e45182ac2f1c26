import {
  NodeApiError,
  NodeOperationError,
  sleep,
  type IDataObject,
  type IHookFunctions,
  type IHttpRequestOptions,
  type ILoadOptionsFunctions,
  type IN8nHttpFullResponse,
} from "n8n-workflow"

const TIMEOUT_MS = 15_000
/**
 * 429 comes with a Retry-After of a second or so: many workflows that start together are many requests with one key. 409 is an endpoint that
 * its deliveries are changing at this moment, or a job that is not finished.
 */
const TRIED_AGAIN = [409, 429, 503]
const TRIES_MAX = 3
const WAIT_SECONDS_MAX = 5

export type Context = IHookFunctions | ILoadOptionsFunctions

export interface Asked {
  method: "GET" | "POST" | "PATCH" | "DELETE"
  /** With /v1 in front. */
  path: string
  qs?: IDataObject
  body?: IDataObject
  /** Other statuses that are answers, not failures. */
  accepts?: number[]
  /** Of those that are tried again. */
  triesMax?: number
}

export interface Answered<Body> {
  status: number
  body: Body
  /** The relay's clock, Unix ms; ours where it does not say. */
  at: number
}

/**
 * A request to Posthorn with the node's credentials. Every failure becomes a NodeApiError that says what to do; none of them has the key
 * in it. 409, 429 and 503 are tried again.
 */
export const request = async <Body = IDataObject>(
  context: Context,
  { method, path, qs, body, accepts = [], triesMax = TRIES_MAX }: Asked,
): Promise<Answered<Body>> => {
  const { url } = await context.getCredentials<{ url: string }>("posthornApi")
  if (!/^https?:\/\/[^/]/i.test(url))
    throw new NodeOperationError(context.getNode(), "The credential's Base URL must start with https:// or http://", {
      description: "For example https://posthorn.example.com, without /v1.",
    })
  const options: IHttpRequestOptions = {
    method,
    baseURL: url,
    url: path,
    ...(qs === undefined ? {} : { qs }),
    ...(body === undefined ? {} : { body }),
    json: true,
    timeout: TIMEOUT_MS,
    disableFollowRedirect: true,
    returnFullResponse: true,
    ignoreHttpStatusErrors: true,
  }
  for (let tries = 1; ; tries++) {
    const { statusCode, headers, body: answer } = await send(context, options)
    const at = Date.parse(String(headers["date"])) || Date.now()
    if (statusCode >= 200 && statusCode < 300) return { status: statusCode, body: answer as Body, at }
    if (!TRIED_AGAIN.includes(statusCode) || tries >= triesMax) {
      if (accepts.includes(statusCode)) return { status: statusCode, body: answer as Body, at }
      throw refusal(context, statusCode, isObject(answer) ? answer : {})
    }
    const seconds = Number(headers["retry-after"])
    await sleep(1000 * Math.min(seconds >= 1 ? seconds : 1, WAIT_SECONDS_MAX))
  }
}

const send = async (context: Context, options: IHttpRequestOptions): Promise<IN8nHttpFullResponse> => {
  try {
    // The helper keeps what it adds to the options (the key), so each try has its own.
    return (await context.helpers.httpRequestWithAuthentication.call(context, "posthornApi", {
      ...options,
    })) as IN8nHttpFullResponse
  } catch (error) {
    const why = error instanceof Error ? error.message : "no answer"
    // n8n's own error has the request in it, and the request has the key.
    throw new NodeApiError(
      context.getNode(),
      { message: why },
      {
        message: `Posthorn at ${hostOf(options.baseURL)} could not be reached: ${why}`,
        description: "Is the credential's Base URL right, and does Posthorn run where n8n can reach it?",
      },
    )
  }
}

/** An error of what Posthorn answered (problem details, RFC 9457): n8n's own words where they say more, and Posthorn's detail. */
const refusal = (context: Context, status: number, problem: IDataObject): NodeApiError => {
  const detail = typeof problem["detail"] === "string" ? problem["detail"] : `It answered ${status}.`
  const httpCode = String(status)
  // n8n does not repeat an activation whose error speaks of authorization, and its message for these says what to check.
  if (status === 401 || status === 403)
    return new NodeApiError(context.getNode(), { message: detail }, { httpCode, description: detail })
  const description =
    problem["code"] === "url_not_allowed"
      ? "n8n makes this URL from its WEBHOOK_URL. Posthorn on AWS calls public https addresses only; on your own machine it calls private ones too if POSTHORN_ALLOW_PRIVATE_URLS is true."
      : status === 404
        ? "Is the credential's Base URL that of Posthorn, without /v1?"
        : `Request ${typeof problem["requestId"] === "string" ? problem["requestId"] : "without an id"}.`
  return new NodeApiError(
    context.getNode(),
    { message: detail },
    { httpCode, message: `Posthorn refused: ${detail}`, description },
  )
}

const isObject = (value: unknown): value is IDataObject =>
  typeof value === "object" && value !== null && !Buffer.isBuffer(value)

const hostOf = (url: string | undefined): string =>
  /^https?:\/\/([^/?#]+@)?([^/?#]+)/i.exec(url ?? "")?.[2] ?? "its URL"
