import type { Message } from "../../api/resources.ts"
import { isFollowable, OutsideLink } from "../../components/outside-link.tsx"
import { Excerpt, Untrusted } from "../../components/untrusted.tsx"

const URL_SHOWN = 300

/** What somebody wrote, whole: subject, text, attachments, reactions. */
export const MessageText = ({ message }: { message: Message }) => {
  const { subject, text, attachments, reactions, truncated } = message
  return (
    <div className="message">
      {subject !== null && (
        <h3>
          <Untrusted text={subject} />
        </h3>
      )}
      {text === "" ? <p className="muted">No text.</p> : <Untrusted text={text} />}
      {truncated && <p className="muted">The text was longer: it is cut at 100,000 characters.</p>}
      {attachments.length > 0 && (
        <ul className="attachments" aria-label="Attachments">
          {attachments.map((attachment, index) => (
            <li key={index}>
              <Attached attachment={attachment} />
            </li>
          ))}
        </ul>
      )}
      {reactions.length > 0 && (
        <ul className="reactions" aria-label="Reactions">
          {reactions.map(({ emoji, count }, index) => (
            <li key={index}>
              <Excerpt text={emoji} max={20} /> {count}
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

/** An address that may not be followed is told as text: what a message carries is no secret to who reads it. */
const Attached = ({ attachment }: { attachment: Message["attachments"][number] }) => {
  const { type, url, name } = attachment
  const label = <Excerpt text={name ?? type} max={URL_SHOWN} />
  if (url === null) return <>{label} (no address)</>
  if (isFollowable(url)) return <OutsideLink href={url}>{label}</OutsideLink>
  return (
    <>
      {label} (not a web address: <Excerpt text={url} max={URL_SHOWN} />)
    </>
  )
}
