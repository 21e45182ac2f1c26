import type { Account, Endpoint } from "../api/resources.ts"
import type { Tone } from "./badge.tsx"

/** Whether its receiver asked, by Retry-After, to be left alone for now. */
export const isWaiting = ({ notBefore }: Pick<Endpoint, "notBefore">, now: number): boolean =>
  notBefore !== null && Date.parse(notBefore) > now

/** How an endpoint is: what holds deliveries back comes before what is set. */
export const endpointState = (endpoint: Endpoint): { tone: Tone; text: string } => {
  if (endpoint.status === "disabled")
    return { tone: "bad", text: endpoint.disabledReason === "gone" ? "disabled: gone (410)" : "disabled: failing" }
  if (endpoint.status === "paused") return { tone: "warn", text: "paused" }
  if (endpoint.circuit.state === "open") return { tone: "bad", text: "failing: circuit open" }
  if (isWaiting(endpoint, Date.now())) return { tone: "warn", text: "asked to wait" }
  if (endpoint.circuit.state === "ramping") return { tone: "warn", text: "recovering" }
  return { tone: "good", text: "enabled" }
}

const accountStates: Record<Account["status"], { tone: Tone; text: string }> = {
  baselining: { tone: "info", text: "first poll under way" },
  healthy: { tone: "good", text: "healthy" },
  stale: { tone: "warn", text: "stale" },
  failing: { tone: "bad", text: "failing" },
  auth_failed: { tone: "bad", text: "key refused" },
  disconnected: { tone: "bad", text: "disconnected" },
}

export const accountState = (account: Account): { tone: Tone; text: string } =>
  account.paused ? { tone: "warn", text: "paused" } : accountStates[account.status]

/** A status as an event tells it: one that this page does not know yet stays as it is. */
export const accountStatusText = (status: string): string =>
  Object.entries(accountStates).find(([known]) => known === status)?.[1].text ?? status
