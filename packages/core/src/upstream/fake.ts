import type { HttpRequest, HttpResult } from "../http.ts"
import { createUpstream, type UpstreamDeps } from "./client.ts"

/** For tests: a client whose requests are answered by a function, and what was asked. */

export interface Asked extends HttpRequest {
  /** Below the base URL, as it stands in the request: not decoded. */
  path: string
  query: Record<string, string>
}

export interface Answering {
  status?: number
  headers?: Record<string, string>
  json?: unknown
  text?: string
  cut?: boolean
}

export const BASE_URL = "https://api.example.test/linkedin"
export const NOW = 1_794_700_100_000
export const KEY = "key-that-nobody-may-see"

export function fakeUpstream(
  respond: (asked: Asked) => Answering | (HttpResult & { ok: false }),
  deps: Partial<UpstreamDeps> = {},
) {
  const requests: Asked[] = []
  const upstream = createUpstream({
    request: async (request): Promise<HttpResult> => {
      const url = new URL(request.url)
      const path = url.pathname.replace("/linkedin", "")
      const asked = { ...request, path, query: Object.fromEntries(url.searchParams) }
      requests.push(asked)
      const answer = respond(asked)
      if ("ok" in answer) return answer
      const { status = 200, headers = {}, cut = false } = answer
      const text = answer.text ?? JSON.stringify(answer.json)
      return { ok: true, answer: { status, headers, body: new TextEncoder().encode(text), cut } }
    },
    clock: { now: () => NOW },
    baseUrl: BASE_URL,
    apiKey: KEY,
    dialect: "auto",
    ...deps,
  })
  return { upstream, requests }
}

export const OWNER = "urn:li:fsd_profile:ACoAAOWNER"
export const ALICE = "urn:li:fsd_profile:ACoAAALICE"
export const THREAD = { id: "2-dGhyZWFk", urn: `urn:li:msg_conversation:(${OWNER},2-dGhyZWFk)` }
export const readRequest = {
  accountId: "account1",
  dialect: null,
  conversation: THREAD,
  profileUrn: null,
  window: { kind: "newest" },
} as const
export const listRequest = { accountId: "account1", dialect: null, cursor: null } as const

/** A message as the legacy dialect writes it. */
export const legacyMessage = (id: string, sentAt: number, more: object = {}) => ({
  messageId: `urn:li:msg_message:(${OWNER},2-${id})`,
  backendMessageUrn: `urn:li:messagingMessage:2-${id}`,
  text: `text of ${id}`,
  subject: null,
  sentAt,
  sender: {
    profileId: "ACoAAALICE",
    name: "Alice Example",
    profileUrl: "https://www.linkedin.com/in/ACoAAALICE",
    profilePicture: null,
    participantUrn: `urn:li:msg_messagingParticipant:${ALICE}`,
  },
  attachments: null,
  reactions: null,
  hasAttachment: false,
  ...more,
})

export const legacyThread = (messages: unknown[], more: object = {}) => ({
  success: true,
  accountId: "account1",
  profileUrn: OWNER,
  conversationUrn: THREAD.urn,
  messages,
  ...more,
})

/** A message as the conversations dialect writes it. */
export const newerMessage = (id: string, sentAt: number, more: object = {}) => ({
  messageUrn: `urn:li:msg_message:(${OWNER},2-${id})`,
  text: `text of ${id}`,
  sentAt,
  senderProfileId: "ACoAAALICE",
  senderName: "Alice Example",
  senderPhoto: null,
  isSentByOwner: false,
  hasAttachment: false,
  attachments: [],
  ...more,
})

export const newerThread = (messages: unknown[], more: object = {}) => ({
  success: true,
  messages,
  participants: [],
  hasMore: false,
  cursor: null,
  ...more,
})
