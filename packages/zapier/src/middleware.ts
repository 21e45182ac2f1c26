import type { AfterResponseMiddleware, BeforeRequestMiddleware } from "zapier-platform-core"

import { normaliseBaseUrl } from "./base-url.ts"
import { throwFor } from "./problem.ts"

/** Puts the key on requests to the deployment, and on no others. */
export const authorize: BeforeRequestMiddleware = (request, _z, { authData }) => {
  const { base_url: baseUrl = "", api_key: key = "" } = authData
  if (!`${request.url}/`.startsWith(`${normaliseBaseUrl(baseUrl)}/`)) return request
  return { ...request, headers: { ...request.headers, Authorization: `Bearer ${key.trim()}` } }
}

/** What is neither 2xx nor expected by the caller ends here, as one of Zapier's errors. */
export const judge: AfterResponseMiddleware = (response, z) => {
  const { expected = [] } = (response.request.middlewareData ?? {}) as { expected?: readonly number[] }
  const isFine = (response.status >= 200 && response.status <= 299) || expected.includes(response.status)
  if (!isFine) throwFor(response, z)
  return { ...response, skipThrowForStatus: true }
}
