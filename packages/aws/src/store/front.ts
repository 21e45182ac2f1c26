import { deflateRawSync, inflateRawSync } from "node:zlib"

import type { Account, Glimpse } from "@posthorn/core/account"
import * as z from "zod"

import type { Field } from "./item.ts"

/** Read as a print, or as print and unread count where that is not 0, which it mostly is. */
const Stored = z.record(z.string(), z.union([z.string(), z.tuple([z.string(), z.number()])]))

const pack = ({ print, unread }: Glimpse) => (unread === 0 ? print : ([print, unread] as const))
const unpack = (stored: string | [string, number]): Glimpse =>
  typeof stored === "string" ? { print: stored, unread: 0 } : { print: stored[0], unread: stored[1] }

/**
 * Twenty conversations are the greater part of an account's row, and hashes as text waste a quarter of their bytes: deflated
 * they stay within the one write unit that both writes of an idle poll are to cost.
 */
export const front: Field<Account["front"]> = {
  attribute: "front",
  encode: (glimpses) => {
    const entries = Object.entries(glimpses).map(([conversation, glimpse]) => [conversation, pack(glimpse)])
    return entries.length === 0 ? undefined : deflateRawSync(JSON.stringify(Object.fromEntries(entries)))
  },
  decode: (stored) => {
    if (stored === undefined) return {}
    const text = inflateRawSync(z.instanceof(Uint8Array).parse(stored)).toString()
    const entries = Object.entries(Stored.parse(JSON.parse(text)))
    return Object.fromEntries(entries.map(([conversation, glimpse]) => [conversation, unpack(glimpse)]))
  },
}
