import { InfiniteQueryObserver, QueryClient } from "@tanstack/react-query"
import { describe, expect, it } from "vitest"

import { LIVE_MS, liveListOptions, type Page, PAGES_MAX, ROWS_MAX, rowsOf } from "./live-list.ts"

interface Row {
  id: string
  isWanted: boolean
}

/** An API that looks at so many rows for one page, newest first, and hands out those that are wanted: as both stores do. */
const serve = (count: number, looksAt = 3) => {
  const rows: Row[] = Array.from({ length: count }, (_, index) => ({ id: String(count - index), isWanted: true }))
  return {
    arrive: (...ids: string[]) => {
      for (const id of ids) rows.unshift({ id, isWanted: true })
    },
    leave: (...left: string[]) => {
      for (const row of rows) if (left.includes(row.id)) row.isWanted = false
    },
    ask: async (cursor: string | undefined): Promise<Page<Row>> => {
      const start = cursor === undefined ? 0 : rows.findIndex(({ id }) => id === cursor) + 1
      const looked = rows.slice(start, start + looksAt)
      const isEnd = start + looksAt >= rows.length
      return { data: looked.filter(({ isWanted }) => isWanted), nextCursor: isEnd ? null : (looked.at(-1)?.id ?? null) }
    },
  }
}

const open = async (server: ReturnType<typeof serve>) => {
  const list = new InfiniteQueryObserver(new QueryClient(), liveListOptions(["rows"], server.ask))
  await list.refetch()
  const shown = () => rowsOf(list.getCurrentResult().data?.pages ?? []).map(({ id }) => id)
  return { list, shown }
}

describe("a live list", () => {
  it("shows the newest page at first", async () => {
    const { shown, list } = await open(serve(5))
    expect(shown()).toEqual(["5", "4", "3"])
    expect(list.getCurrentResult().hasNextPage).toBe(true)
  })

  it("grows at its head, and keeps as many pages as were walked down", async () => {
    const server = serve(8)
    const { list, shown } = await open(server)
    await list.fetchNextPage()
    server.arrive("9", "10")
    await list.refetch()
    expect(shown()).toEqual(["10", "9", "8", "7", "6", "5"])
  })

  it("leaves no gap where more arrived than a page holds", async () => {
    const server = serve(8)
    const { list, shown } = await open(server)
    await list.fetchNextPage()
    server.arrive("9", "10", "11", "12", "13")
    await list.refetch()
    expect(shown()).toEqual(["13", "12", "11", "10", "9", "8"])
  })

  it("keeps what older pages brought where the newest page has nothing that matches", async () => {
    const server = serve(7)
    server.leave("7", "6", "5")
    const { list, shown } = await open(server)
    expect(shown()).toEqual([])
    expect(list.getCurrentResult().hasNextPage).toBe(true)
    await list.fetchNextPage()
    await list.refetch()
    expect(shown()).toEqual(["4", "3", "2"])
  })

  it("loses a row that left the list, below the newest page too", async () => {
    const server = serve(6)
    const { list, shown } = await open(server)
    await list.fetchNextPage()
    server.leave("2")
    await list.refetch()
    expect(shown()).toEqual(["6", "5", "4", "3", "1"])
  })

  it("is at its end where the API says so", async () => {
    const { list } = await open(serve(4))
    await list.fetchNextPage()
    expect(list.getCurrentResult().hasNextPage).toBe(false)
  })

  it.each([
    ["rows", ROWS_MAX / 2, 2],
    ["pages", 1, PAGES_MAX],
  ])("ends at the bound of %s", async (_, looksAt, pages) => {
    const server = serve(ROWS_MAX * 2, looksAt)
    const { list } = await open(server)
    for (let page = 1; page < pages; page++) {
      expect(list.getCurrentResult().hasNextPage).toBe(true)
      await list.fetchNextPage()
    }
    expect(list.getCurrentResult().hasNextPage).toBe(false)
  })

  it("asks less often the more there is to ask", async () => {
    const { list } = await open(serve(30))
    const interval = () => {
      const { refetchInterval } = list.options
      return typeof refetchInterval === "function" ? refetchInterval(list.getCurrentQuery()) : refetchInterval
    }
    expect(interval()).toBe(LIVE_MS)
    await list.fetchNextPage()
    await list.fetchNextPage()
    expect(interval()).toBe(3 * LIVE_MS)
  })

  it("shows no row twice", () => {
    const page = (...ids: string[]): Page<{ id: string }> => ({ data: ids.map((id) => ({ id })), nextCursor: null })
    expect(rowsOf([page("3", "2"), page("2", "1")]).map(({ id }) => id)).toEqual(["3", "2", "1"])
  })
})
