/** The error bodies of upstream README 5. `B+` echoes the account; `H` is a proxy's HTML. */
export type ErrorShape = "A" | "B" | "B+" | "C" | "D" | "E" | "F" | "G" | "H"

/** How a 429 tells when to come back (upstream README 6). */
export type RetryHint =
  "retry-after-seconds" | "retry-after-date" | "reset-seconds" | "reset-ms" | "reset-iso" | "hold-until" | "none"

/** What goes wrong. */
export type FaultKind =
  | { kind: "status"; status: number; shape?: ErrorShape; message?: string; headers?: Record<string, string> }
  | { kind: "answer"; status: number; text: string; headers?: Record<string, string> }
  | { kind: "rate-limit"; hint?: RetryHint; afterMs?: number }
  /** HTTP 200 with `success: false` (shape G) */
  | { kind: "not-success"; message?: string }
  | { kind: "html" }
  | { kind: "empty" }
  | { kind: "truncated" }
  | { kind: "hang"; where: "headers" | "body" }
  /** the whole document, then the socket stays open (upstream README 5, "Hanging sockets") */
  | { kind: "keep-open" }
  | { kind: "drip"; everyMs?: number; bytes?: number }
  | { kind: "delay"; ms: number }
  | { kind: "reset"; where?: "headers" | "body" }
  /** `to` is a whole URL, or "conversations" for this host's v3 path; other paths stay as they are */
  | { kind: "redirect"; to: string; status?: 301 | 302 | 307 | 308 }
  | { kind: "wrong-account"; accountId?: string; profileUrn?: string }
  | { kind: "empty-list" }
  /** the list as it was when this fault first met it, with `fromCache: true` */
  | { kind: "stale" }
  | { kind: "unsorted-list" }
  /** any other change to the good answer's JSON, for tests in the same process */
  | { kind: "rewrite"; change: (body: unknown) => unknown }

export type Fault = FaultKind & {
  /** a substring of, or a pattern for, `METHOD path?query` with the query decoded; by default every request */
  match?: string | RegExp
  /** how often it strikes; by default for ever */
  times?: number
  /** how many matching requests it lets pass first */
  after?: number
}

export interface ActiveFault {
  readonly fault: Fault
  /** how often it has struck */
  readonly struck: number
  remove(): void
}

export interface Faults {
  add(fault: Fault): ActiveFault
  clear(): void
  /** The fault that this request meets, if any: the first one added that still strikes. */
  take(request: string): ActiveFault | undefined
}

export function createFaults(): Faults {
  const active: (ActiveFault & { struck: number; seen: number })[] = []
  return {
    add(fault) {
      const added = {
        fault,
        struck: 0,
        seen: 0,
        remove: () => {
          const index = active.indexOf(added)
          if (index >= 0) active.splice(index, 1)
        },
      }
      active.push(added)
      return added
    },
    clear: () => void active.splice(0),
    take(request) {
      for (const each of active) {
        const { match = "", times = Number.POSITIVE_INFINITY, after = 0 } = each.fault
        const matches = typeof match === "string" ? request.includes(match) : request.search(match) >= 0
        if (!matches || each.struck >= times) continue
        each.seen++
        if (each.seen <= after) continue
        each.struck++
        return each
      }
      return undefined
    },
  }
}
