import { PosthornError } from "@posthorn/sdk"
import { describe, expect, it } from "vitest"

import { sayError } from "./say-error.ts"

const refused = (...errors: { in: "body" | "query"; pointer: string; message: string }[]) =>
  new PosthornError({ code: "invalid", status: 422, detail: "the API's own words", errors, requestId: "req_1" })

describe("what the deployment refuses", () => {
  it("is said in the names of the flags, and stays as it was for programs", () => {
    const error = refused(
      { in: "body", pointer: "/eventIds/0", message: "must be an event's id" },
      { in: "body", pointer: "/headers/host", message: "is set by Posthorn" },
      { in: "query", pointer: "endpointId", message: "must be an endpoint's id" },
    )
    const { text, exitCode, record } = sayError(error, ["--event", "--header", "--endpoint"])
    expect(text).toBe(
      "--event: must be an event's id; --header host: is set by Posthorn; --endpoint: must be an endpoint's id (req_1)",
    )
    expect(exitCode).toBe(4)
    expect(record.error).toMatchObject({ detail: "the API's own words", errors: error.errors })
  })

  it("stays in the API's words where one field has no flag", () => {
    const error = refused(
      { in: "query", pointer: "since", message: "must be a time" },
      { in: "body", pointer: "/url", message: "must be a URL" },
    )
    expect(sayError(error, ["--since"]).text).toBe("the API's own words (req_1)")
  })

  it("stays in the API's words where the flag is of other commands", () => {
    const error = refused({ in: "body", pointer: "/type", message: "must be a name" })
    expect(sayError(error, ["--data"]).text).toBe("the API's own words (req_1)")
    expect(sayError(error, ["--data", "--type"]).text).toBe("--type: must be a name (req_1)")
  })
})
