import { timingSafeEqual } from "node:crypto"

import { Webhook } from "standardwebhooks"

/** A request as Zapier keeps it: the body exactly as it came. */
export interface RawRequest {
  headers?: Record<string, string>
  content?: string
}

/** Each secret is one signature; Posthorn sends five at most. */
const SIGNATURES_MAX = 10

/**
 * Null when one of the request's signatures is right under the secret (Standard Webhooks 1.0), else what is wrong, in words.
 * Its age does not count: Zapier may hold a hook for hours before it runs, and a message refused for that would be lost.
 */
export const whyNotSigned = ({ headers = {}, content = "" }: RawRequest, secret: string): string | null => {
  const id = headerOf(headers, "webhook-id")
  const timestamp = headerOf(headers, "webhook-timestamp")
  const signature = headerOf(headers, "webhook-signature")
  if (id === null || timestamp === null || signature === null) return "it is not signed"
  if (!/^\d{1,12}$/.test(timestamp)) return "its timestamp is not a time"
  const expected = Buffer.from(new Webhook(secret).sign(id, new Date(Number(timestamp) * 1_000), content))
  const isRight = signature
    .split(" ", SIGNATURES_MAX)
    .map((given) => Buffer.from(given))
    .some((given) => given.length === expected.length && timingSafeEqual(given, expected))
  return isRight ? null : "its signature does not fit: the body was changed on the way, or the secret is another"
}

/** Zapier writes headers its own way: `webhook-id` arrives as `Http-Webhook-Id`. */
const headerOf = (headers: Record<string, string>, name: string): string | null =>
  Object.entries(headers).find(([given]) => given.toLowerCase().replace(/^http-/, "") === name)?.[1] ?? null
