import { createHmac, timingSafeEqual } from "node:crypto"

import { createRoute } from "@hono/zod-openapi"
import { VisibleError } from "@posthorn/core/error"
import { SECOND_MS } from "@posthorn/core/time"
import * as z from "zod"

import type { ApiDeps } from "./deps.ts"
import { createRouter } from "./router.ts"

/** One hinted poll per account in this time; what comes in between leads to one more, when it is over. */
const HINT_GAP_MS = 10 * SECOND_MS
const ACCOUNT_ID = /^[\w-]{1,100}$/

/** Of the native webhook's body (upstream docs, "Body") nothing else is looked at. */
const Hint = z.object({ data: z.object({ account_id: z.string().regex(ACCOUNT_ID) }) })

const hint = createRoute({
  method: "post",
  path: "/v1/hints/connectsafely",
  tags: ["accounts"],
  summary: "Take ConnectSafely's native webhook as a reason to poll",
  description:
    "Signed as ConnectSafely signs (`X-Webhook-Signature: sha256=<hex>` over the body), or with the hint secret as bearer. The payload is never turned into an event. There is no such route while no hint secret is set.",
  responses: { 202: { description: "The account is polled soon" } },
})

/** For a route without a key of ours: mounted in front of what asks for one. */
export const hints = ({ hintSecret, store, clock, pollNow }: ApiDeps) =>
  createRouter().openapi(hint, async (c) => {
    if (hintSecret === null) return c.notFound()
    const body = Buffer.from(await c.req.arrayBuffer())
    const { authorization = "", "x-webhook-signature": signature = "" } = c.req.header()
    const isSigned =
      isSame(signature, `sha256=${createHmac("sha256", hintSecret).update(body).digest("hex")}`) ||
      isSame(authorization.replace(/^Bearer +/i, "Bearer "), `Bearer ${hintSecret}`)
    const accountId = isSigned ? accountOf(body) : null
    const account = accountId === null ? null : await store.getAccount(accountId)
    // One answer for both: whoever cannot sign learns nothing of accounts.
    if (account === null)
      throw new VisibleError(
        "unauthorized",
        "The hint is not signed as this deployment expects, or not about an account of it.",
        {
          headers: { "www-authenticate": "Bearer" },
        },
      )
    const now = clock.now()
    if (account.paused) return c.body(null, 202)
    if (await store.claimHint(account.id, now, HINT_GAP_MS)) {
      // This poll is the one that was owed.
      if (account.pollAgainAt !== null) await store.setWishes(account.id, { pollAgainAt: null })
      await pollNow(account.id)
    }
    // The poll before may have looked upstream already. One more is enough for a burst, and the burst must not put it off.
    else if ((account.pollAgainAt ?? 0) <= now) await store.setWishes(account.id, { pollAgainAt: now + HINT_GAP_MS })
    return c.body(null, 202)
  })

const accountOf = (body: Buffer): string | null => {
  try {
    return Hint.parse(JSON.parse(body.toString())).data.account_id
  } catch {
    return null
  }
}

/** In constant time but for the length, which is no secret. */
const isSame = (given: string, right: string): boolean => {
  const [a, b] = [Buffer.from(given), Buffer.from(right)]
  return a.length === b.length && timingSafeEqual(a, b)
}
