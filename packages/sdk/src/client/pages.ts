import type { Page } from "./types.ts"

/**
 * A list. `for await (const item of pages)` goes through all of it, page after page; `page()` asks for one page. Nothing is asked
 * before that.
 */
export class Pages<Item> implements AsyncIterable<Item> {
  readonly #read: (cursor: string | undefined) => Promise<Page<Item>>

  constructor(read: (cursor: string | undefined) => Promise<Page<Item>>) {
    this.#read = read
  }

  /** The page behind a cursor, or the first. A cursor belongs to the filters of its list. */
  page(cursor?: string): Promise<Page<Item>> {
    return this.#read(cursor)
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined> {
    let cursor: string | undefined
    for (;;) {
      const { data, nextCursor } = await this.#read(cursor)
      yield* data
      if (nextCursor === null) return
      // A page may be empty although more follow, but each is another.
      if (nextCursor === cursor) throw new Error("the list goes round in a circle: two pages have the same cursor")
      cursor = nextCursor
    }
  }
}
