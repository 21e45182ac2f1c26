import * as z from "zod"

import type { Attachment, Participant, Reaction } from "../event.ts"
import { instantOf, profileIdOf } from "./normalize.ts"

/**
 * Fields of upstream's answers, as forgiving as they can be: unknown keys are ignored, a field of the wrong type reads
 * as absent. Only what a message cannot be without (id, time, text) is strict.
 */

/** Absent, null, "" and anything that is no string: null. */
export const Text = z.string().min(1).nullable().catch(null)
export const Flag = z.boolean().nullable().catch(null)
export const Count = z.int().nonnegative().catch(0)
export const Items = z.array(z.unknown()).catch([])
/** For instants that may be unknown. */
export const MaybeTime = z.unknown().optional().transform(instantOf)
/** For instants without which the rest is worth nothing. */
export const Time = z.unknown().transform((value, context) => {
  const instant = instantOf(value)
  if (instant === null) context.addIssue({ code: "custom", message: "not an instant" })
  return instant ?? z.NEVER
})

const PARTICIPANT_PREFIX = "urn:li:msg_messagingParticipant:"

const ParticipantFields = z.object({
  profileId: Text,
  name: Text,
  headline: Text,
  profileUrl: Text,
  profilePicture: Text,
  participantUrn: Text,
})

/** A participant or sender of either dialect; both call the same person by the same id and URN. */
export const RawParticipant = ParticipantFields.transform((raw): Participant => {
  const urn = raw.participantUrn?.startsWith(PARTICIPANT_PREFIX)
    ? raw.participantUrn.slice(PARTICIPANT_PREFIX.length)
    : raw.participantUrn
  return {
    id: raw.profileId ?? profileIdOf(urn),
    name: raw.name,
    headline: raw.headline,
    profileUrl: raw.profileUrl,
    pictureUrl: raw.profilePicture,
    urn: urn ?? profileUrnOf(raw.profileId),
  }
})

/** Null where upstream names nobody at all. */
export const Sender = RawParticipant.nullable()
  .catch(null)
  .transform((sender) => ((sender?.id ?? sender?.name ?? sender?.urn) ? sender : null))

/** `ACo…` is what a profile URN ends in; a member number is not. */
export const profileUrnOf = (id: string | null): string | null =>
  id?.startsWith("ACo") ? `urn:li:fsd_profile:${id}` : null

/** Members without the owner: neither dialect lists them, and none should count as one (upstream docs, trap 26). */
export function othersOf(items: readonly unknown[], ownerUrn: string | null): Participant[] {
  const ownerId = profileIdOf(ownerUrn)
  return readEach(items, RawParticipant).read.filter(({ id }) => id === null || id !== ownerId)
}

const RawAttachment = z
  .object({ type: Text, url: Text, name: Text, fileName: Text })
  .transform(({ type, url, name, fileName }): Attachment => ({ type: type ?? "unknown", url, name: name ?? fileName }))
  .catch({ type: "unknown", url: null, name: null })

/** The list and the flag may contradict each other (upstream docs, trap 25): an attachment that only the flag knows is shown as unknown. */
export function attachmentsOf(items: readonly unknown[], hasAttachment: boolean | null): Attachment[] {
  const attachments = items.map((item) => RawAttachment.parse(item))
  if (attachments.length > 0 || hasAttachment !== true) return attachments
  return [{ type: "unknown", url: null, name: null }]
}

const RawReaction = z.object({ emoji: z.string(), count: z.int() })

export const reactionsOf = (items: readonly unknown[]): Reaction[] => readEach(items, RawReaction).read

/** Reads what can be read and counts the rest: one bad item must not sink its list (upstream docs, trap 30). */
export function readEach<Out>(items: readonly unknown[], schema: z.ZodType<Out>): { read: Out[]; unreadable: number } {
  const read: Out[] = []
  for (const item of items) {
    const result = schema.safeParse(item)
    if (result.success) read.push(result.data)
  }
  return { read, unreadable: items.length - read.length }
}
