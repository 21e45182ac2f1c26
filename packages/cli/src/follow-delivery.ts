import type { Client, DeliveryWithAttempts } from "@posthorn/sdk"

const LOOK_MS = 300
/** The first attempt has 15 s, and waits for its turn before. */
const FOLLOW_MS = 30_000

/** Resolves when a delivery's first attempt has ended, or it is held; with the delivery as it is then. */
export const followDelivery = async (
  id: string,
  { client, signal }: { client: Client; signal: AbortSignal },
): Promise<DeliveryWithAttempts> => {
  for (let waitedMs = 0; ; waitedMs += LOOK_MS) {
    const delivery = await client.deliveries.get(id, { signal })
    if (delivery.attempts.length > 0 || delivery.status !== "pending" || waitedMs > FOLLOW_MS) return delivery
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
    signal.throwIfAborted()
  }
}

/** How it went, in a sentence. */
export const sayDelivery = ({ status, statusReason, lastAttempt }: DeliveryWithAttempts): string => {
  const took = lastAttempt === null ? "" : ` in ${String(lastAttempt.durationMs)} ms`
  if (status === "succeeded") return `delivered: the receiver answered ${String(lastAttempt?.responseStatus)}${took}`
  if (status === "held") return `held (${statusReason ?? "a replay"}): it goes out when that ends`
  if (status === "pending") return "still on its way"
  if (status === "cancelled") return `cancelled (${String(statusReason)})`
  return `failed${took}: ${lastAttempt?.errorMessage ?? status}`
}
