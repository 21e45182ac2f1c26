import type { Mutation } from "./mutations.ts"

const api = (file: string): string => `packages/api/src/${file}`
const core = (file: string): string => `packages/core/src/${file}`

/** Breaks in what the API promises; see mutations.ts. */
export const apiMutations: Mutation[] = [
  {
    name: "the walk shows what the bus does not have",
    file: core("catchup/walk.ts"),
    from: ".filter((row) => row.position <= published)",
    to: ".filter((row) => row.position <= published + 1)",
    tests: [api("catchup.test.ts")],
  },
  {
    name: "the walk passes over what retention removed",
    file: core("catchup/walk.ts"),
    from: 'return isThere ? head : "expired"',
    to: 'return isThere || known > 0 ? head : "expired"',
    tests: [api("catchup.test.ts")],
  },
  {
    name: "a key that is over still works",
    file: api("callers.ts"),
    from: "row.expiresAt !== null && row.expiresAt <= now",
    to: "row.expiresAt !== null && row.expiresAt < 0",
    tests: [api("keys.test.ts")],
  },
  {
    name: "any secret of a known key's id lets in",
    file: api("callers.ts"),
    from: "row === null || !isSameHash(hash, row.hash)",
    to: "row === null",
    tests: [api("keys.test.ts")],
  },
  {
    name: "a hint without a signature is believed",
    file: api("hints.ts"),
    from: "const accountId = isSigned ? accountOf(body) : null",
    to: "const accountId = isSigned || body.length > 2 ? accountOf(body) : null",
    tests: [api("hints.test.ts")],
  },
  {
    name: "a leaked secret signs on",
    file: api("endpoint-secret.ts"),
    from: ".filter((old) => old.expiresAt > now)",
    to: ".filter((old) => old.expiresAt >= now)",
    tests: [api("endpoints.test.ts")],
  },
  {
    name: "ordering looks at nothing but the event right before",
    file: core("delivery/order.ts"),
    from: "if (!isFor(endpoint, earlier)) continue",
    to: "if (!isFor(endpoint, earlier)) return true",
    tests: [core("delivery/turn.test.ts")],
  },
  {
    name: "what finishes before the waiting row is there wakes nobody",
    file: core("delivery/turn.ts"),
    from: "if (await isItsTurn(found, endpoint, deps)) await deps.queue.send",
    to: "if (now < 0) await deps.queue.send",
    tests: [core("delivery/turn.test.ts")],
  },
  {
    name: "a delivery that had its turn takes another",
    file: core("delivery/turn.ts"),
    from: "slot !== null && slot > now - SLOT_LATE_MAX_MS",
    to: "slot !== null && slot > now + SLOT_LATE_MAX_MS",
    tests: [core("delivery/turn.test.ts")],
  },
]
