import { createRoute, z } from "@hono/zod-openapi"

import type { Account as AccountRow } from "@posthorn/core/account"
import type { AccountStore } from "@posthorn/core/ports"

import type { ApiDeps } from "./deps.ts"
import { LIMIT_DEFAULT, cursorsOf, pageOf, paging } from "./list.ts"
import { presentAccount } from "./present.ts"
import { action, createRouter, jsonOf, keyed, notFound } from "./router.ts"
import { Account, AccountList } from "./schemas.ts"
import { strict } from "./validate.ts"

const id = z.object({ id: z.string().max(200) })
const none = strict({}, "query parameter")
const tags = ["accounts"]

const list = createRoute({
  method: "get",
  path: "/v1/accounts",
  tags,
  summary: "List accounts",
  ...keyed("read"),
  request: { query: strict(paging, "query parameter") },
  responses: { 200: jsonOf(AccountList, "Newest first") },
})

const get = createRoute({
  method: "get",
  path: "/v1/accounts/{id}",
  tags,
  summary: "Get an account",
  ...keyed("read"),
  request: { params: id, query: none },
  responses: { 200: jsonOf(Account, "The account") },
})

const poll = createRoute({
  method: "post",
  path: "/v1/accounts/{id}/poll",
  tags,
  summary: "Poll an account now",
  description:
    "As soon as the budget of requests to upstream allows. One that is paused is polled once, and stays paused.",
  ...action("admin"),
  request: { params: id, query: none },
  responses: { 202: jsonOf(Account, "A poll is on its way") },
})

export const readAccount = async (id: string, store: Pick<AccountStore, "getAccount">): Promise<AccountRow> => {
  const account = await store.getAccount(id)
  if (account === null) throw notFound("account")
  return account
}

export const accounts = ({ store, pollNow }: ApiDeps) =>
  createRouter()
    .openapi(list, async (c) => {
      const { limit = LIMIT_DEFAULT, cursor } = c.req.valid("query")
      const cursors = cursorsOf("accounts", c.req.query())
      const page = pageOf(await store.listAccounts(), limit, cursors.open(cursor))
      return c.json({ data: page.rows.map(presentAccount), nextCursor: cursors.close(page.cursor) }, 200)
    })
    .openapi(get, async (c) => c.json(presentAccount(await readAccount(c.req.valid("param").id, store)), 200))
    .openapi(poll, async (c) => {
      const { id: accountId } = await readAccount(c.req.valid("param").id, store)
      await pollNow(accountId)
      return c.json(presentAccount(await readAccount(accountId, store)), 202)
    })
