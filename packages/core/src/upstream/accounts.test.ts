import { expect, test } from "vitest"

import { fakeUpstream, KEY, legacyThread, OWNER, type Answering } from "./fake.ts"

const STATUS = { id: "account1", firstName: "Owner", lastName: "Example", publicId: "owner", status: "AVAILABLE" }
const ABSENT: Answering = { status: 404, json: { error: "Not found" } }
const discover = (paths: Record<string, Answering>) => {
  const { upstream, requests } = fakeUpstream(({ path }) => paths[path] ?? ABSENT)
  return { accounts: upstream.listAccounts(), paths: () => requests.map(({ path }) => path) }
}

test("accounts come from /accounts, with upstream's own word for their status", async () => {
  const json = [
    { ...STATUS, picture: "https://x.test/p", apiSeatAllocated: true, enabled: true },
    { id: "account2", name: "Two", status: "BRAND_NEW" },
    { name: "no id" },
    null,
  ]
  const { accounts, paths } = discover({ "/accounts": { json } })
  expect(await accounts).toEqual([
    {
      id: "account1",
      name: "Owner Example",
      publicId: "owner",
      pictureUrl: "https://x.test/p",
      status: "AVAILABLE",
      connected: true,
    },
    { id: "account2", name: "Two", publicId: null, pictureUrl: null, status: "BRAND_NEW", connected: true },
  ])
  expect(paths()).toEqual(["/accounts"])
})

test.each([{ enabled: false }, { hasTokens: false }, { apiSeatAllocated: false }])(
  "an account with %j is not connected",
  async (flag) => {
    const [account] = await discover({ "/accounts": { json: [{ ...STATUS, ...flag }] } }).accounts
    expect(account!.connected).toBe(false)
  },
)

test.each([{ data: [STATUS] }, { accounts: [STATUS] }, { success: true, data: { accounts: [STATUS] } }])(
  "a wrapped list is read: %j",
  async (json) => {
    expect(await discover({ "/accounts": { json } }).accounts).toHaveLength(1)
  },
)

test("no accounts are no accounts: nothing else is asked", async () => {
  const { accounts, paths } = discover({ "/accounts": { json: [] } })
  expect(await accounts).toEqual([])
  expect(paths()).toEqual(["/accounts"])
})

test.each<[string, Answering]>([
  ["404", ABSENT],
  ["405", { status: 405, text: "" }],
  ["a redirect", { status: 302, headers: { location: "/login" }, text: "" }],
])("after %s the default account's status is asked for", async (_why, missing) => {
  const { accounts, paths } = discover({ "/accounts": missing, "/account/status": { json: { data: STATUS } } })
  expect(await accounts).toMatchObject([{ id: "account1", name: "Owner Example" }])
  expect(paths()).toEqual(["/accounts", "/account/status"])
})

test("where that names no id either, the account is the one that answers a list", async () => {
  const list = { json: { success: true, accountId: "account9", profileUrn: OWNER, conversations: [] } }
  const nameless = { json: { firstName: "Owner", status: "FREE" } }
  const { accounts } = discover({ "/account/status": nameless, "/messaging/recent-messages": list })
  expect(await accounts).toMatchObject([{ id: "account9", name: "Owner", status: "FREE" }])
  const bare = discover({ "/messaging/recent-messages": list })
  expect(await bare.accounts).toMatchObject([{ id: "account9", name: null, status: null, connected: true }])
  expect(bare.paths()).toEqual(["/accounts", "/account/status", "/messaging/recent-messages"])
})

test("where nothing names an account, the error says what to do", async () => {
  const list = { json: { success: true, conversations: [] } }
  const { accounts } = discover({ "/messaging/recent-messages": list })
  await expect(accounts).rejects.toMatchObject({
    kind: "not_found",
    message: expect.stringContaining("ACCOUNT_IDS") as string,
  })
})

test.each<[string, Answering, string]>([
  ["a bad key", { status: 401, json: { error: `Unauthorized ${KEY}` } }, "unauthorized"],
  ["a failing server", { status: 500, json: {} }, "server_error"],
  ["an answer that is no list", { json: legacyThread([]) }, "invalid_answer"],
])("%s is an error, not a reason to look elsewhere", async (_what, answer, kind) => {
  const { accounts, paths } = discover({ "/accounts": answer })
  await expect(accounts).rejects.toMatchObject({ kind })
  expect(paths()).toEqual(["/accounts"])
})
