import { type Bundle, defineTrigger, type ZObject } from "zapier-platform-core"

import { request } from "./request.ts"

interface AccountJson {
  id: string
  name: string | null
  publicId: string | null
  label: string | null
}
interface Page {
  data: AccountJson[]
  nextCursor: string | null
}

const PAGE = 100
/** More than the 500 accounts that a deployment may have. */
const PAGES_MAX = 10

/** All of them: a dropdown that shows a part would hide the rest. */
const perform = async (z: ZObject, bundle: Bundle): Promise<{ id: string; name: string }[]> => {
  const accounts: AccountJson[] = []
  let cursor: string | null = null
  for (let page = 0; page < PAGES_MAX; page++) {
    const params: Record<string, string> = { limit: String(PAGE), ...(cursor === null ? {} : { cursor }) }
    const { data }: { data: Page } = await request<Page>(z, bundle, { path: "/v1/accounts", params })
    accounts.push(...data.data)
    cursor = data.nextCursor
    if (cursor === null) break
  }
  return accounts.map(({ id, label, name, publicId }) => ({ id, name: label ?? name ?? publicId ?? id }))
}

/** Fills the dropdowns of accounts; no Zap begins with it. */
export const accountList = defineTrigger({
  key: "account_list",
  noun: "Account",
  display: { label: "List Accounts", description: "Triggers when an account dropdown is opened.", hidden: true },
  operation: {
    type: "polling",
    perform,
    sample: { id: "60d21b4667d0d8992e610c85", name: "Jane Smith" },
    outputFields: [
      { key: "id", label: "Account ID", type: "string" },
      { key: "name", label: "Account Name", type: "string" },
    ],
  },
})
