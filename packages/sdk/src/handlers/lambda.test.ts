import type {
  APIGatewayProxyEvent,
  APIGatewayProxyEventV2,
  APIGatewayProxyResult,
  LambdaFunctionURLEvent,
} from "aws-lambda"
import { describe, expect, expectTypeOf, it } from "vitest"

import { SECRET, signed } from "../verify/test-webhook.ts"
import { handler, type LambdaRequest } from "./lambda.ts"
import { expectHandles, type Send } from "./test-server.ts"

const requestContext = {
  accountId: "anonymous",
  apiId: "abc",
  domainName: "abc.lambda-url.eu-central-1.on.aws",
  domainPrefix: "abc",
  http: { method: "POST", path: "/", protocol: "HTTP/1.1", sourceIp: "203.0.113.7", userAgent: "Posthorn/0.1.0" },
  requestId: "id",
  routeKey: "$default",
  stage: "$default",
  time: "14/Nov/2026:23:46:40 +0000",
  timeEpoch: 1_794_700_000_000,
} satisfies APIGatewayProxyEventV2["requestContext"]

type Sent = Parameters<Send>[0]
const overV2 = ({ headers, body }: Sent): APIGatewayProxyEventV2 => ({
  version: "2.0",
  routeKey: "$default",
  rawPath: "/",
  rawQueryString: "",
  headers: { "content-type": "application/json", ...headers },
  requestContext,
  body,
  isBase64Encoded: false,
})
const inBase64 = (sent: Sent): LambdaFunctionURLEvent => ({
  ...overV2(sent),
  body: Buffer.from(sent.body).toString("base64"),
  isBase64Encoded: true,
})
/** A REST API keeps the case in which headers came, and has null where there is nothing. */
const overRest = ({ headers, body }: Sent): Pick<APIGatewayProxyEvent, "headers" | "body" | "isBase64Encoded"> => ({
  headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value])),
  body: body === "" ? null : body,
  isBase64Encoded: false,
})

describe("a Lambda handler", () => {
  it.each<[string, (sent: Sent) => LambdaRequest]>([
    ["API Gateway's HTTP API", overV2],
    ["a function URL with base64", inBase64],
    ["API Gateway's REST API", overRest],
  ])("answers each outcome as Posthorn reads it, behind %s", async (_, toEvent) => {
    await expectHandles((...given) => {
      const handle = handler(...given)
      return async (sent) => {
        const { statusCode, headers, body } = await handle(toEvent(sent))
        return { status: statusCode, headers: new Headers(headers), body }
      }
    })
  })

  it("has the types of both ends", () => {
    const handle = handler({ secret: SECRET }, (_, request: APIGatewayProxyEventV2) => {
      expectTypeOf(request.rawPath).toEqualTypeOf<string>()
    })
    expectTypeOf(handle).parameter(0).toEqualTypeOf<APIGatewayProxyEventV2>()
    expectTypeOf(handle).returns.resolves.toExtend<APIGatewayProxyResult>()
  })

  it("says what is wrong with an event that has no headers, or base64 that is none", async () => {
    const handle = handler({ secret: SECRET }, () => undefined)
    const empty = await handle({ headers: null, body: null })
    expect([empty.statusCode, empty.body]).toEqual([400, expect.stringMatching(/^missing_header/)])
    const wrong = await handle({ ...signed(), isBase64Encoded: true })
    expect([wrong.statusCode, wrong.body]).toEqual([400, expect.stringMatching(/^body_changed: .*isBase64Encoded/)])
  })
})
