import type { Participant } from "../../api/resources.ts"
import { OutsideLink } from "../../components/outside-link.tsx"
import { Picture } from "../../components/picture.tsx"
import { Excerpt, Untrusted } from "../../components/untrusted.tsx"
import { personName } from "./told.ts"

const NAME_MAX = 200

/** Somebody, as one would like to see who wrote. */
export const Person = ({ person }: { person: Participant | null }) => (
  <div className="person">
    <Picture url={person?.pictureUrl ?? null} name={person?.name ?? null} />
    <div>
      <PersonLink person={person} />
      <Headline text={person?.headline ?? null} />
    </div>
  </div>
)

const Headline = ({ text }: { text: string | null }) =>
  text !== null && (
    <p className="muted">
      <Untrusted text={text} shownMax={NAME_MAX} />
    </p>
  )

export const PersonLink = ({ person }: { person: Participant | null }) => {
  const name = <Excerpt text={personName(person)} max={NAME_MAX} />
  const url = person?.profileUrl ?? null
  return url === null ? name : <OutsideLink href={url}>{name}</OutsideLink>
}

/** Short, for rows. */
export const Sender = ({ person, how }: { person: Participant | null; how: string }) => (
  <div className="person">
    <Picture url={person?.pictureUrl ?? null} name={person?.name ?? null} />
    <div>
      <Excerpt text={personName(person)} max={48} />
      <span className="muted how">{how}</span>
    </div>
  </div>
)
