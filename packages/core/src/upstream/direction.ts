import type { Direction, Participant } from "../event.ts"
import { profileIdOf } from "./normalize.ts"

/**
 * Whether the owner wrote it, by ids alone (upstream docs, traps 14 and 15). Never by name: two people may share one. Never by the profile
 * inside a message's id: that is the mailbox owner's for every message. What cannot be decided is `unknown`, since a
 * wrong guess makes a subscriber answer itself.
 */
export function directionOf(sender: Pick<Participant, "id" | "urn"> | null, ownerUrn: string | null): Direction {
  const owner = profileIdOf(ownerUrn)
  if (sender === null || owner === null) return "unknown"
  for (const id of [sender.id, profileIdOf(sender.urn)]) {
    if (id === null || formOf(id) !== formOf(owner)) continue
    return id === owner ? "outbound" : "inbound"
  }
  return isOrganisation(sender.urn) ? "inbound" : "unknown"
}

/** One person has several ids: a member number, `ACo…`, Sales Navigator's `ACw…`. Two of different forms say nothing about each other. */
const formOf = (id: string): string => (/^\d+$/.test(id) ? "number" : (/^AC[a-z](?=A)/.exec(id)?.[0] ?? "other"))

/** The owner of a mailbox is a person; whatever else has a URN of its own is not them. */
const isOrganisation = (urn: string | null): boolean =>
  urn !== null && /urn:li:(fsd_company|organization|fsd_organization|company):/.test(urn)
