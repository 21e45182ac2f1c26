import { ACCOUNT } from "./pump.ts"

export const ADMIN_KEY = "phk_test_key_of_the_cloud_tests"
/** For a stage that takes hints. */
export const HINT_SECRET = "hint_secret_of_the_cloud_tests"

/** As API Gateway's HTTP API sends it (payload format 2.0). */
export const requestEvent = (
  target: string,
  body: unknown,
  method = body === undefined ? "GET" : "POST",
  { cookie, ...headers }: Record<string, string> = {},
) => {
  const [rawPath = "", rawQueryString = ""] = target.split("?")
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath,
    rawQueryString,
    headers: {
      authorization: `Bearer ${ADMIN_KEY}`,
      "content-type": "application/json",
      host: "api.receivers.test",
      "x-forwarded-proto": "https",
      ...headers,
    },
    // Apart from the other headers, and absent where there are none.
    ...(cookie === undefined ? {} : { cookies: cookie.split("; ") }),
    requestContext: {
      accountId: ACCOUNT,
      apiId: "api",
      domainName: "api.receivers.test",
      domainPrefix: "api",
      http: { method, path: rawPath, protocol: "HTTP/1.1", sourceIp: "192.0.2.1", userAgent: "test" },
      requestId: "gateway-request-1",
      routeKey: "$default",
      stage: "$default",
      time: "22/Nov/2026:00:00:00 +0000",
      timeEpoch: 0,
    },
    ...(body === undefined || body === null ? {} : { body: JSON.stringify(body) }),
    isBase64Encoded: false,
  }
}
