import { seeded, hash, type Random } from "./chance.ts"

const PROFILE_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
const PROFILE_RANDOM_CHARS = 34
const HEX = "0123456789abcdef"
/** How many messages may share one millisecond before their ids would repeat: the id holds five digits. */
export const TIES_MAX = 100_000

const base64 = (text: string) => Buffer.from(text, "latin1").toString("base64")

/** An account id: 24 hex characters, a Mongo ObjectId (upstream README 1). The n-th is the same on every start. */
export const accountId = (ordinal: number) => `5eed5eed5eed5eed${ordinal.toString(16).padStart(8, "0")}`

/** `ACoAA…`, 39 characters as LinkedIn's are; the same name has the same id. */
export function profileId(name: string): string {
  const random = seeded(hash(name))
  const chars = Array.from({ length: PROFILE_RANDOM_CHARS }, () => PROFILE_ALPHABET[Math.floor(random() * 64)] ?? "A")
  return `ACoAA${chars.join("")}`
}

export function uuid(random: Random): string {
  const digits = Array.from({ length: 32 }, () => HEX[Math.floor(random() * 16)] ?? "0")
  digits[12] = "4"
  digits[16] = HEX[8 + Math.floor(random() * 4)] ?? "8"
  const text = digits.join("")
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join("-")
}

/** A bare thread id (upstream README 7.2). */
export const conversationId = (threadUuid: string) => `2-${base64(`${threadUuid}_100`)}`

/** A bare message id, which embeds `sentAt` (upstream README 7.3). */
export const messageId = (sentAt: number, digits: number) =>
  `2-${base64(`${sentAt}b${digits.toString().padStart(5, "0")}-100`)}`

export const profileUrn = (id: string) => `urn:li:fsd_profile:${id}`
export const participantUrn = (urn: string) => `urn:li:msg_messagingParticipant:${urn}`
export const conversationUrn = (ownerUrn: string, bare: string) => `urn:li:msg_conversation:(${ownerUrn},${bare})`
export const salesNavUrn = (bare: string) => `urn:li:salesNav_thread:${bare}`
export const threadUrn = (bare: string) => `urn:li:messagingThread:${bare}`
/** The profile inside is the mailbox owner's, whoever sent the message (upstream README 2.2, trap 15). */
export const messageUrn = (ownerUrn: string, bare: string) => `urn:li:msg_message:(${ownerUrn},${bare})`
export const backendMessageUrn = (bare: string) => `urn:li:messagingMessage:${bare}`
export const profileUrl = (id: string) => `https://www.linkedin.com/in/${id}`

/**
 * The `2-…` part of a bare id or of any URN that ends in one. Reads what follows the last separator, because a profile
 * id inside the URN may itself contain `2-`.
 */
export function bareId(value: string): string | undefined {
  const last = value.slice(Math.max(value.lastIndexOf(","), value.lastIndexOf(":")) + 1).replace(/^\(|\)$/g, "")
  return last.startsWith("2-") ? last : undefined
}
