import { createUpstream } from "@posthorn/core/upstream/client"
import { createRequest } from "@posthorn/http/request"

import { connectSafelyApiKey, settings } from "../runtime.ts"
import { clock } from "./clock.ts"
import { once } from "./once.ts"

/** Null in a stage that has no key for it. */
export const upstream = once(() => {
  const apiKey = connectSafelyApiKey()
  if (apiKey === null) return null
  const { connectsafelyBaseUrl: baseUrl, connectsafelyDialect: dialect } = settings()
  return createUpstream({ request: createRequest(), clock, dialect, baseUrl, apiKey })
})
