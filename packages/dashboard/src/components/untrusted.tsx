import { useState } from "react"

import { Button } from "./button.tsx"

const SHOWN_MAX = 2_000

/**
 * Text that somebody else wrote. Its direction is its own: an override in it ends with it. What is long is cut until asked for, since
 * one message may have 100,000 characters.
 */
export const Untrusted = ({ text, shownMax = SHOWN_MAX }: { text: string; shownMax?: number }) => {
  const [isWhole, setWhole] = useState(false)
  const isLong = text.length > shownMax
  return (
    <>
      <bdi className="untrusted">{isLong && !isWhole ? `${cut(text, shownMax)} …` : text}</bdi>
      {isLong && (
        <Button kind="quiet" onClick={() => setWhole(!isWhole)}>
          {isWhole ? "Show less" : `Show all ${text.length.toLocaleString()} characters`}
        </Button>
      )}
    </>
  )
}

/** Not through the middle of a character. */
export const cut = (text: string, max: number): string => {
  const end = text.slice(0, max)
  return /[\uD800-\uDBFF]$/.test(end) ? end.slice(0, -1) : end
}

/** One line of it, for lists. */
export const Excerpt = ({ text, max = 140 }: { text: string; max?: number }) => {
  const line = text.replace(/\s+/g, " ")
  return <bdi className="untrusted excerpt">{line.length > max ? `${cut(line, max)} …` : line}</bdi>
}
