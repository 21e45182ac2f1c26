import { Fragment } from "react"

import type { Conversation } from "../../api/resources.ts"
import { Excerpt } from "../../components/untrusted.tsx"
import { personName } from "./told.ts"

const TITLE_MAX = 60
const NAME_MAX = 40
const NAMED_MAX = 3

/** What a conversation is called: its title, else the people in it, each with a direction of their own. */
export const ConversationName = ({ conversation }: { conversation: Conversation }) => {
  const { title, participants } = conversation
  if (title !== null && title.trim() !== "") return <Excerpt text={title} max={TITLE_MAX} />
  if (participants.length === 0) return <>nobody else</>
  const others = participants.length - NAMED_MAX
  return (
    <>
      {participants.slice(0, NAMED_MAX).map((person, index) => (
        <Fragment key={person.urn ?? index}>
          {index > 0 && ", "}
          <Excerpt text={personName(person)} max={NAME_MAX} />
        </Fragment>
      ))}
      {others > 0 && ` and ${others} more`}
    </>
  )
}
