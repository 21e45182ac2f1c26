import { agoText, timeText } from "./time-text.ts"
import { useNow } from "./now.ts"

/** An instant in the viewer's zone, or how far it is from now; the exact UTC on hover. */
export const Time = ({ at, as = "clock" }: { at: string | null; as?: "clock" | "ago" | "both" }) => {
  const now = useNow()
  if (at === null) return <span className="muted">never</span>
  const date = new Date(at)
  const clock = timeText(date, new Date(now))
  const ago = agoText(date.getTime(), now)
  const text = { clock, ago, both: `${clock} (${ago})` }[as]
  return (
    <time dateTime={at} title={`${at.replace("T", " ").replace("Z", "")} UTC`}>
      {text}
    </time>
  )
}
