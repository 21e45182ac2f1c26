import { createRoute, z } from "@hono/zod-openapi"
import { forget } from "@posthorn/core/forget"

import { readAccount } from "./accounts.ts"
import type { ApiDeps } from "./deps.ts"
import { textFilter } from "./list.ts"
import { presentAccount } from "./present.ts"
import { action, bodyOf, createRouter, jsonOf, keyed } from "./router.ts"
import { Account } from "./schemas.ts"
import { strict } from "./validate.ts"

const LABEL_LENGTH_MAX = 100
const POLL_SECONDS_MAX = 3_600

const id = z.object({ id: z.string().max(200) })
const tags = ["accounts"]

const pollSecondsMessage = `must be a whole number of seconds from 1 to ${POLL_SECONDS_MAX}, or null for the deployment's`
const AccountPatch = strict({
  label: z
    .string()
    .max(LABEL_LENGTH_MAX, `must be at most ${LABEL_LENGTH_MAX} characters long`)
    .refine(
      (value) => value.trim() !== "" && !/\p{Cc}/u.test(value),
      "must be one line with something on it, or null for none",
    )
    .refine((value) => value.isWellFormed(), "has half a character in it (a lone surrogate)")
    .nullish()
    .describe("a name of your own"),
  paused: z
    .boolean()
    .nullish()
    .transform((value) => value ?? undefined)
    .describe("not polled by itself while true; nothing that arrives meanwhile is lost"),
  pollSeconds: z
    .int({ error: pollSecondsMessage })
    .min(1, pollSecondsMessage)
    .max(POLL_SECONDS_MAX, pollSecondsMessage)
    .nullish()
    .describe("an interval of its own"),
}).meta({ id: "AccountPatch", description: "Fields left out stay as they are; null sets a field back to its default." })

const patch = createRoute({
  method: "patch",
  path: "/v1/accounts/{id}",
  tags,
  summary: "Label an account, pause it, or give it an interval of its own",
  ...keyed("admin"),
  request: { params: id, query: strict({}, "query parameter"), body: bodyOf(AccountPatch) },
  responses: { 200: jsonOf(Account, "The account as it is now") },
})

const Forgotten = z.object({ forgotten: z.int().min(0) }).meta({ id: "Forgotten" })

const erase = createRoute({
  method: "delete",
  path: "/v1/accounts/{id}/data",
  tags,
  summary: "Forget what an account's messages said",
  description:
    "Events, deliveries and attempts of the account, or of one conversation. Where the log was read up to stays known, so that nothing comes again.",
  ...action("admin"),
  request: {
    params: id,
    query: strict({ conversationId: textFilter("of this conversation alone") }, "query parameter"),
  },
  responses: {
    204: { description: "Forgotten" },
    202: jsonOf(Forgotten, "So many events so far, and there are more: ask again"),
  },
})

export const accountSettings = (deps: ApiDeps) => {
  const { store, clock } = deps
  return createRouter()
    .openapi(patch, async (c) => {
      const before = await readAccount(c.req.valid("param").id, store)
      const { label, paused, pollSeconds } = c.req.valid("json")
      const isPaused = paused ?? before.paused
      const isEnded = before.paused && !isPaused
      await store.setWishes(before.id, {
        ...(label === undefined ? {} : { label }),
        ...(paused === undefined ? {} : { paused }),
        ...(pollSeconds === undefined ? {} : { pollSeconds }),
        // Whoever ends a pause or sets an interval does not want to wait for the old one to pass.
        ...(isEnded || (!isPaused && typeof pollSeconds === "number") ? { pollAskedAt: clock.now() } : {}),
      })
      return c.json(presentAccount(await readAccount(before.id, store)), 200)
    })
    .openapi(erase, async (c) => {
      const { id: accountId } = await readAccount(c.req.valid("param").id, store)
      const { conversationId = null } = c.req.valid("query")
      const { events, complete } = await forget({ accountId, conversationId }, { store, clock })
      return complete ? c.body(null, 204) : c.json({ forgotten: events }, 202)
    })
}
