import { hash } from "./chance.ts"
import { profileId, profileUrn } from "./ids.ts"
import type { Person } from "./model.ts"

const PICTURES = "https://media.licdn.com/dms/image/v2/EXAMPLE"

/** An invented person; the same name is the same person. Some have no headline, no picture or a badge, as on LinkedIn. */
export function person(name: string, details: Partial<Omit<Person, "name">> = {}): Person {
  const variety = hash(name)
  const id = details.profileId ?? profileId(name)
  return {
    profileId: id,
    urn: profileUrn(id),
    name,
    headline: variety % 5 === 0 ? null : "Example of a headline",
    picture: variety % 3 === 0 ? null : `${PICTURES}/profile-displayphoto-scale_100_100/${variety}`,
    distance: `DISTANCE_${1 + (variety % 3)}`,
    badge: variety % 4 === 0 ? "PREMIUM_PROFILE" : null,
    memberNumber: 100_000_000 + (variety % 900_000_000),
    ...details,
  }
}

/** A sender without a member profile, as sponsored messages have (upstream trap 27). */
export function organisation(name: string): Person {
  const number = 10_000 + (hash(name) % 90_000)
  return { ...person(name), profileId: null, urn: `urn:li:fsd_company:${number}`, headline: null, badge: null }
}
