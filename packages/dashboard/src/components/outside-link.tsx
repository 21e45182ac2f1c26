import type { ReactNode } from "react"

/** Whether an address that somebody else wrote may be followed: `javascript:` and `data:` may not. */
export const isFollowable = (url: string): boolean => ["https:", "http:"].includes(URL.parse(url)?.protocol ?? "")

/** A link out of here, or its words alone where its address may not be followed. */
export const OutsideLink = ({ href, children }: { href: string; children: ReactNode }) =>
  isFollowable(href) ? (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  ) : (
    <>{children}</>
  )
