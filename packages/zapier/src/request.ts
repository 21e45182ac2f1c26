import type { Bundle, HttpResponse, ZObject } from "zapier-platform-core"

import { normaliseBaseUrl } from "./base-url.ts"

export interface ApiRequest {
  method?: "GET" | "POST" | "PATCH" | "DELETE"
  /** Below the base URL, with its ids encoded: `/v1/endpoints`. */
  path: string
  params?: Record<string, string>
  body?: object
  idempotencyKey?: string
  /** Statuses that are no error here, besides 2xx: the caller looks at them. */
  expected?: readonly number[]
}

/**
 * One request to the deployment. Every failure is one of Zapier's errors with a sentence for a person (problem.ts); no sentence
 * holds the key, nor the URL, in whose query a hook's URL may stand.
 */
export const request = async <Answer>(
  z: ZObject,
  bundle: Pick<Bundle, "authData">,
  { method = "GET", path, params, body, idempotencyKey, expected = [] }: ApiRequest,
): Promise<HttpResponse<Answer>> => {
  const baseUrl = baseUrlOf(z, bundle)
  try {
    return await z.request<Answer>({
      method,
      url: baseUrl + path,
      headers: {
        accept: "application/json",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey }),
      },
      ...(params === undefined ? {} : { params }),
      // As text: of an object the platform would cut what looks like its own {{templates}} out of the values.
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      // The key goes to the address that was typed, and nowhere else.
      redirect: "manual",
      middlewareData: { expected },
    })
  } catch (error) {
    if ((error as { name?: string }).name !== "FetchError") throw error
    const { code = "no answer" } = error as { code?: string }
    throw new z.errors.Error(
      `Posthorn cannot be reached at ${new URL(baseUrl).host} (${code}): check the base URL, and that the internet can reach it.`,
      "Unreachable",
    )
  }
}

const baseUrlOf = (z: ZObject, { authData }: Pick<Bundle, "authData">): string => {
  try {
    return normaliseBaseUrl(authData["base_url"] ?? "")
  } catch (error) {
    throw new z.errors.Error((error as Error).message, "BadBaseUrl")
  }
}
