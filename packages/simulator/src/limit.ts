import type { Answer, Settings } from "./answer.ts"
import { shapeB, shapeC } from "./answer.ts"

const WINDOW_MS = 60_000
/** What the headers say while nothing is enforced (upstream README 6). */
const ADVERTISED = 60

export interface Limit {
  /** Counts a request, and says how it stands. */
  count(): Standing
}

export interface Standing {
  allowed: boolean
  limit: number
  used: number
  resetAt: number
}

/** The vendor's own rate limit: so many requests a minute per API key. */
export function createLimit(now: () => number, requestsPerMinute: number | undefined): Limit {
  let windowStart = 0
  let used = 0
  return {
    count() {
      if (now() - windowStart >= WINDOW_MS) {
        windowStart = now()
        used = 0
      }
      const allowed = requestsPerMinute === undefined || used < requestsPerMinute
      if (allowed) used++
      return { allowed, limit: requestsPerMinute ?? ADVERTISED, used, resetAt: windowStart + WINDOW_MS }
    },
  }
}

const isV3 = (path: string) => path.startsWith("/linkedin/conversations")

/** On every answer, 200 included; v2 says Reset in ISO, the others in Unix seconds (upstream README 6). */
export function limitHeaders(
  { limit, used, resetAt }: Standing,
  settings: Settings,
  path: string,
): Record<string, string> {
  const v2 = settings.generation === "v2" && !isV3(path)
  return {
    "X-RateLimit-Limit": `${limit}`,
    "X-RateLimit-Remaining": `${Math.max(0, limit - used)}`,
    "X-RateLimit-Reset": v2 ? new Date(resetAt).toISOString() : `${Math.ceil(resetAt / 1000)}`,
    ...(v2 ? { "X-RateLimit-Action": "API", "X-RateLimit-Used": `${used}` } : {}),
  }
}

export function limited({ limit, resetAt }: Standing, path: string, now: number): Answer {
  const text = `Rate limit exceeded: ${limit}/${limit} used`
  const answer = isV3(path) ? shapeC(429, "rate_limit_exceeded", text) : shapeB(429, text)
  return { ...answer, headers: { "Retry-After": `${Math.max(1, Math.ceil((resetAt - now) / 1000))}` } }
}
