import { Option } from "commander"

import { parseCount } from "../parse.ts"

const LIMIT = 20
const LIMIT_MAX = 10_000
const PAGE_MAX = 100

export interface ListOptions {
  limit: number
}

export const limitOption = (): Option =>
  new Option("--limit <count>", "at most so many").default(LIMIT).argParser(parseCount(1, LIMIT_MAX))

/** Per page. */
export const pageLimit = ({ limit }: ListOptions): number => Math.min(limit, PAGE_MAX)

/** The first so many of a list. */
export const take = async <Item>(items: AsyncIterable<Item>, { limit }: ListOptions): Promise<Item[]> => {
  const taken: Item[] = []
  for await (const item of items) {
    taken.push(item)
    if (taken.length >= limit) break
  }
  return taken
}
