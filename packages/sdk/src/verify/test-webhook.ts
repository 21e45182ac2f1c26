import { Webhook } from "standardwebhooks"

import type { PosthornEvent } from "../generated/events.ts"

export const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
export const OTHER_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"

export const pingEvent: PosthornEvent = {
  id: "evt_3q2-7wAB4dK9sLm0PzXy1Q",
  type: "ping",
  timestamp: "2026-11-14T23:47:21.200Z",
  data: { endpoint: { id: "ep_Zt8Kx0vQ2mR5wYb7JcN4fA" }, note: "Grüße, 世界 👋 </script>" },
}

/** A signed request as Posthorn sends it, signed by the official library. */
export const signed = ({
  body = JSON.stringify(pingEvent),
  secret = SECRET,
  id = pingEvent.id,
  at = Date.now(),
} = {}): { headers: Record<"webhook-id" | "webhook-timestamp" | "webhook-signature", string>; body: string } => ({
  headers: {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(at / 1000)),
    "webhook-signature": new Webhook(secret).sign(id, new Date(at), body),
  },
  body,
})
