import type { MessageData } from "../../api/resources.ts"
import { Badge } from "../../components/badge.tsx"
import { AccountName } from "../../components/named.tsx"
import { OutsideLink } from "../../components/outside-link.tsx"
import { Card, Facts } from "../../components/page.tsx"
import { Time } from "../../components/time.tsx"
import { ConversationName } from "./conversation-name.tsx"
import { MessageText } from "./message-text.tsx"
import { Person, PersonLink } from "./person.tsx"
import { directionWords } from "./told.ts"

const PARTICIPANTS_SHOWN = 20

/** A message event, as a person would read it. */
export const MessageCard = ({ data }: { data: MessageData }) => {
  const { account, conversation, message, sequence, seenAt, backfill } = data
  const { participants } = conversation
  return (
    <Card title="Message">
      <Person person={message.sender} />
      <MessageText message={message} />
      <Facts
        facts={[
          ["Direction", directionWords[message.direction]],
          ["Sent", <Time at={message.sentAt} as="both" />],
          ["Seen", <Time at={seenAt} as="both" />],
          ["Account", <AccountName id={account.id} known={account.name} />],
          [
            "Conversation",
            <>
              <ConversationName conversation={conversation} />
              {conversation.isGroup && (
                <>
                  {" "}
                  <Badge tone="idle">group</Badge>
                </>
              )}
            </>,
          ],
          [
            participants.length === 1 ? "Other participant" : "Other participants",
            <ul className="names-list">
              {participants.slice(0, PARTICIPANTS_SHOWN).map((person, index) => (
                <li key={person.urn ?? index}>
                  <PersonLink person={person} />
                </li>
              ))}
              {participants.length > PARTICIPANTS_SHOWN && (
                <li className="muted">and {participants.length - PARTICIPANTS_SHOWN} more</li>
              )}
              {participants.length === 0 && <li className="muted">nobody</li>}
            </ul>,
          ],
          ["Sequence", `${sequence} of its type in this conversation`],
          ["From a backfill", backfill ? "yes" : "no"],
          ...changesOf(data),
        ]}
      />
      {conversation.url !== null && (
        <p>
          <OutsideLink href={conversation.url}>Open the conversation on LinkedIn</OutsideLink>
        </p>
      )}
    </Card>
  )
}

const changesOf = (data: MessageData): [string, string][] =>
  "revision" in data ? [["Revision", `${data.revision}; changed: ${data.changes.join(", ")}`]] : []
