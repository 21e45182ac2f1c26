import type { Command } from "commander"

import { deployed } from "../deployed.ts"
import { jsonText } from "../text.ts"
import { group } from "./group.ts"
import { limitOption, type ListOptions, pageLimit, take } from "./list-options.ts"

const EXAMPLE_ID = "60d21b4667d0d8992e610c85"
const id: [string, string] = ["<id>", "the account, as ConnectSafely names it"]

const list = () =>
  deployed(
    { name: "list", summary: "the accounts, newest first", examples: ["accounts list"], options: [limitOption()] },
    async ({ client, output, signal }, options: ListOptions) => {
      const found = await take(client.accounts.list({ limit: pageLimit(options) }, { signal }), options)
      output.rows(found, ["id", "name", "status", "dialect", "polled", "reason"], (account) => {
        const status = account.paused ? `${account.status} (paused)` : account.status
        const { label, name, dialect, lastPolledAt, statusReason } = account
        return [account.id, label ?? name, status, dialect, lastPolledAt, statusReason]
      })
      return undefined
    },
  )

const get = () =>
  deployed(
    { name: "get", summary: "one account, whole", arguments: [id], examples: [`accounts get ${EXAMPLE_ID}`] },
    async ({ client, output, signal }, _, accountId = "") => {
      const account = await client.accounts.get(accountId, { signal })
      output.result(account, jsonText(account, 2))
      return undefined
    },
  )

const poll = () =>
  deployed(
    {
      name: "poll",
      summary: "poll an account now",
      arguments: [id],
      examples: [`accounts poll ${EXAMPLE_ID}`],
    },
    async ({ client, output, signal }, _, accountId = "") => {
      const account = await client.accounts.poll(accountId, { signal })
      output.result(account, "A poll is on its way, as soon as the budget of requests allows.")
      return undefined
    },
  )

export const accounts = (): Command => group("accounts", "the connected LinkedIn accounts", [list(), get(), poll()])
