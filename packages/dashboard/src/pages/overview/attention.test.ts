import { describe, expect, it } from "vitest"

import type { Account, Endpoint, Stats } from "../../api/resources.ts"
import { attentionOf } from "./attention.ts"

const account = (fields: Partial<Account> = {}): Account =>
  ({
    id: "a1",
    label: null,
    name: "Jane Smith",
    status: "healthy",
    statusReason: null,
    paused: false,
    consecutiveFailures: 0,
    lastError: null,
    ...fields,
  }) as Account

const endpoint = (fields: Partial<Endpoint> = {}): Endpoint =>
  ({
    id: "ep_1",
    url: "https://crm.example/hook/secret",
    description: null,
    status: "enabled",
    disabledReason: null,
    circuit: { state: "closed", openedAt: null, nextProbeAt: null },
    notBefore: null,
    heldCount: 0,
    ...fields,
  }) as Endpoint

const rate = (succeeded: number, failed: number): Pick<Stats, "endpoints"> => ({
  endpoints: [
    {
      endpointId: "ep_1",
      succeeded,
      failed,
      held: 0,
      successRate: succeeded + failed === 0 ? null : succeeded / (succeeded + failed),
      p50Ms: null,
      p95Ms: null,
    },
  ],
})

const none = { count: 0, isMore: false }
const textsOf = (...given: Parameters<typeof attentionOf>): string[] => attentionOf(...given).map(({ text }) => text)

describe("what needs attention", () => {
  it("is nothing while all is well", () => {
    expect(attentionOf([account()], [endpoint()], rate(100, 0), none)).toEqual([])
  })

  it.each<[string, Partial<Account>, string]>([
    [
      "an account that fails, with the reason",
      {
        status: "failing",
        consecutiveFailures: 4,
        lastError: { kind: "timeout", message: "No answer within 20 s", status: null, at: "" },
      },
      "Account Jane Smith: failing, 4 polls in a row (No answer within 20 s).",
    ],
    ["an account that somebody paused", { paused: true }, "Account Jane Smith: paused."],
    ["the operator's own name for it", { label: "Sales", status: "disconnected" }, "Account Sales: disconnected."],
    ["a key that is refused", { status: "auth_failed" }, "Account Jane Smith: key refused."],
  ])("names %s", (_what, fields, text) => {
    expect(textsOf([account(fields)], [], rate(0, 0), none)).toEqual([text])
  })

  it.each<[string, Partial<Endpoint>, string]>([
    [
      "an open circuit, and what waits behind it",
      { circuit: { state: "open", openedAt: "", nextProbeAt: "" }, heldCount: 12 },
      "Endpoint crm.example is failing: circuit open. 12 held.",
    ],
    [
      "one that is gone",
      { status: "disabled", disabledReason: "gone" },
      "Endpoint crm.example is disabled: gone (410).",
    ],
    ["a paused one", { status: "paused", description: "CRM" }, "Endpoint CRM is paused."],
  ])("names %s, and of an address the host alone", (_what, fields, text) => {
    expect(textsOf([], [endpoint(fields)], rate(0, 0), none)).toEqual([text])
  })

  it.each([
    [95, 5, []],
    [94, 6, ["Endpoint crm.example: 6 of 100 attempts of the last hour failed."]],
    [0, 9, []],
    [0, 10, ["Endpoint crm.example: 10 of 10 attempts of the last hour failed."]],
  ])(
    "of %d successes and %d failures it says %j: a handful says nothing, 5 %% is weather",
    (succeeded, failed, said) => {
      expect(textsOf([], [endpoint()], rate(succeeded, failed), none)).toEqual(said)
    },
  )

  it("counts deliveries that were given up, and says so where there may be more", () => {
    expect(textsOf([], [], rate(0, 0), { count: 1, isMore: false })[0]).toMatch(
      /^1 delivery made within a day was given up/,
    )
    expect(textsOf([], [], rate(0, 0), { count: 100, isMore: true })[0]).toMatch(
      /^More than 100 deliveries .* were given up/,
    )
  })

  it("puts what is broken before what is only slow or paused", () => {
    const found = attentionOf(
      [account({ paused: true })],
      [endpoint({ status: "disabled", disabledReason: "failing" })],
      rate(0, 0),
      none,
    )
    expect(found.map(({ id }) => id)).toEqual(["ep_1", "a1"])
  })
})
