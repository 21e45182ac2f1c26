import type { Instant } from "../time.ts"
import type { Body } from "./shape.ts"
import type { ConversationList, Thread, ThreadWindow } from "./thread.ts"

/** One request to upstream, relative to its base URL. Null parameters are left out. */
export interface Question {
  method: "GET" | "POST"
  path: string
  query: Record<string, string | number | null>
  body: Record<string, string> | null
}

export interface ListRequest {
  /** Null only while looking for the default account. */
  accountId: string | null
  cursor: string | null
}

export interface ThreadRequest {
  accountId: string
  conversation: { id: string; urn: string }
  profileUrn: string | null
  window: ThreadWindow
}

/** What a dialect is: how it is asked, and how its answers are read into the one shape. */
export interface DialectRules {
  listQuestion(request: ListRequest): Question
  readList(body: Body, items: readonly unknown[], date: Instant | null): ConversationList
  threadQuestion(request: ThreadRequest): Question
  readThread(body: Body, items: readonly unknown[], request: ThreadRequest): Thread
}
