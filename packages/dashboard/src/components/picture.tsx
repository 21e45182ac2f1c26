import { useState } from "react"

import { isFollowable } from "./outside-link.tsx"

/** Who it is, at a glance: the picture, else initials. The page's policy lets LinkedIn's pictures in, and no others. */
export const Picture = ({ url, name }: { url: string | null; name: string | null }) => {
  const [isBroken, setBroken] = useState(false)
  if (url !== null && url.startsWith("https:") && isFollowable(url) && !isBroken)
    return (
      <img
        className="picture"
        src={url}
        alt=""
        width={40}
        height={40}
        referrerPolicy="no-referrer"
        loading="lazy"
        onError={() => setBroken(true)}
      />
    )
  return (
    <span className="picture" aria-hidden="true">
      {initials(name)}
    </span>
  )
}

const initials = (name: string | null): string =>
  (name ?? "?")
    .split(/\s+/)
    .filter((word) => /^\p{L}/u.test(word))
    .slice(0, 2)
    .map((word) => String.fromCodePoint(word.codePointAt(0) ?? 63))
    .join("")
    .toUpperCase() || "?"
