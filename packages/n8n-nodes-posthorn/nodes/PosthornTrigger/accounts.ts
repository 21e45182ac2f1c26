import type { ILoadOptionsFunctions, INodePropertyOptions } from "n8n-workflow"

import { request } from "./request"

const PAGE = 100
/** Posthorn has at most 500 accounts. */
const PAGES_MAX = 5

interface AccountList {
  data: { id: string; name: string | null; status: string }[]
  nextCursor: string | null
}

/** The LinkedIn accounts of the deployment, by name. */
export const getAccounts = async (context: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> => {
  const options: INodePropertyOptions[] = []
  let cursor: string | null = null
  for (let page = 0; page < PAGES_MAX && (page === 0 || cursor !== null); page++) {
    const list: AccountList = await readPage(context, cursor)
    for (const { id, name, status } of list.data)
      options.push({ name: status === "healthy" ? (name ?? id) : `${name ?? id} (${status})`, value: id })
    cursor = list.nextCursor
  }
  return options.sort((a, b) => a.name.localeCompare(b.name))
}

const readPage = async (context: ILoadOptionsFunctions, cursor: string | null): Promise<AccountList> => {
  const qs = { limit: PAGE, ...(cursor === null ? {} : { cursor }) }
  return (await request<AccountList>(context, { method: "GET", path: "/v1/accounts", qs })).body
}
