import { createRoute, z } from "@hono/zod-openapi"
import { VisibleError } from "@posthorn/core/error"
import { derivedId, KeyId, newId } from "@posthorn/core/id"
import { scopes, type KeyRow } from "@posthorn/core/key"
import { KEYS_MAX } from "@posthorn/core/ports"
import { iso, isoOrNull } from "@posthorn/core/time"

import type { ApiDeps } from "./deps.ts"
import { idempotencyHeaders } from "./idempotency.ts"
import { hashOf, newKeyFor } from "./key-token.ts"
import { LIMIT_DEFAULT, cursorsOf, listOf, pageOf, paging } from "./list.ts"
import { action, bodyOf, createRouter, jsonOf, keyed, notFound } from "./router.ts"
import { strict } from "./validate.ts"

const NAME_LENGTH_MAX = 100

const id = z.object({ id: KeyId })
const none = strict({}, "query parameter")
const tags = ["keys"]
const Time = z.iso.datetime({ precision: 3 })

export const Key = z
  .object({
    id: z.string(),
    name: z.string(),
    prefix: z.string().describe("how the key begins: tells keys apart"),
    scopes: z.array(z.enum(scopes)),
    createdAt: Time,
    expiresAt: Time.nullable(),
    lastUsedAt: Time.nullable().describe("right to ten minutes"),
  })
  .meta({ id: "Key", description: "A key of this API. The key itself is kept nowhere." })

export const KeyWithSecret = Key.extend({ key: z.string().describe("shown here and never again") }).meta({
  id: "KeyWithSecret",
  description: "A key that was just made.",
})

const KeyCreate = strict({
  name: z
    .string()
    .trim()
    .min(1, "must say what the key is for")
    .max(NAME_LENGTH_MAX, `must be at most ${NAME_LENGTH_MAX} characters long`)
    .refine((value) => value.isWellFormed(), "has half a character in it (a lone surrogate)"),
  scopes: z
    .array(z.enum(scopes, { error: `must be one of ${scopes.join(", ")}` }))
    .min(1, `must name at least one of ${scopes.join(", ")}`)
    .max(100)
    .transform((given) => scopes.filter((scope) => given.includes(scope)))
    .describe("read: all GET; endpoints: write them; conversations: typing; admin: everything"),
  expiresAt: z.iso
    .datetime({ offset: true, error: "must be an ISO 8601 time such as 2027-01-31T00:00:00Z" })
    .transform((text) => Date.parse(text))
    .nullish()
    .meta({ type: ["string", "null"], format: "date-time", description: "left out: the key does not end by itself" }),
}).meta({ id: "KeyCreate" })

const create = createRoute({
  method: "post",
  path: "/v1/keys",
  tags,
  summary: "Make a key",
  description: "The answer is the only one that shows it.",
  ...keyed("admin"),
  request: { query: none, headers: idempotencyHeaders, body: bodyOf(KeyCreate) },
  responses: { 201: { ...jsonOf(KeyWithSecret, "Made, at `Location`"), headers: z.object({ location: z.string() }) } },
})

const list = createRoute({
  method: "get",
  path: "/v1/keys",
  tags,
  summary: "List keys",
  description: "Without the one of the settings, which is no row.",
  ...keyed("read"),
  request: { query: strict(paging, "query parameter") },
  responses: { 200: jsonOf(listOf(Key, "KeyList"), "Newest first") },
})

const get = createRoute({
  method: "get",
  path: "/v1/keys/{id}",
  tags,
  summary: "Get a key",
  ...keyed("read"),
  request: { params: id, query: none },
  responses: { 200: jsonOf(Key, "The key, without itself") },
})

const revoke = createRoute({
  method: "delete",
  path: "/v1/keys/{id}",
  tags,
  summary: "Revoke a key",
  description: "No request that starts after the answer gets through with it.",
  ...action("admin"),
  request: { params: id, query: none },
  responses: { 204: { description: "Revoked" } },
})

export const keys = ({ store, clock, randomBytes }: ApiDeps) =>
  createRouter()
    .openapi(create, async (c) => {
      const input = c.req.valid("json")
      const idempotencyKey = c.req.valid("header")["idempotency-key"]
      const now = clock.now()
      if (typeof input.expiresAt === "number" && input.expiresAt <= now)
        throw new VisibleError("validation_failed", "expiresAt: must be in the future", {
          errors: [{ in: "body", pointer: "/expiresAt", message: "must be in the future" }],
        })
      const keyId =
        idempotencyKey === undefined
          ? newId("key", randomBytes)
          : derivedId("key", c.get("caller")?.id ?? "", idempotencyKey)
      if ((await store.listKeys()).length >= KEYS_MAX)
        throw new VisibleError("conflict", `There are ${KEYS_MAX} keys, and there cannot be more. Revoke one first.`)
      const { key, prefix, hash } = newKeyFor(keyId, randomBytes)
      const row: KeyRow = {
        id: keyId,
        version: 1,
        name: input.name,
        prefix,
        hash,
        scopes: input.scopes,
        createdAt: now,
        expiresAt: input.expiresAt ?? null,
        lastUsedAt: null,
        requestHash: idempotencyKey === undefined ? null : hashOf(JSON.stringify([input, idempotencyKey])),
      }
      if (!(await store.putKey(row, null))) {
        const earlier = await store.getKey(keyId)
        if (earlier !== null && earlier.requestHash !== row.requestHash)
          throw new VisibleError(
            "idempotency_key_reused",
            "This Idempotency-Key came with a different body before. Use a new one for a new key.",
          )
        throw new VisibleError(
          "conflict",
          `This Idempotency-Key has made the key ${keyId} already, and a key is shown only once. Revoke it and make another if its answer was lost.`,
        )
      }
      c.header("location", `/v1/keys/${keyId}`)
      return c.json({ ...presentKey(row), key }, 201)
    })
    .openapi(list, async (c) => {
      const { limit = LIMIT_DEFAULT, cursor } = c.req.valid("query")
      const cursors = cursorsOf("keys", c.req.query())
      const page = pageOf(await store.listKeys(), limit, cursors.open(cursor))
      return c.json({ data: page.rows.map(presentKey), nextCursor: cursors.close(page.cursor) }, 200)
    })
    .openapi(get, async (c) => {
      const row = await store.getKey(c.req.valid("param").id)
      if (row === null) throw notFound("key")
      return c.json(presentKey(row), 200)
    })
    .openapi(revoke, async (c) => {
      if (!(await store.deleteKey(c.req.valid("param").id))) throw notFound("key")
      return c.body(null, 204)
    })

const presentKey = (row: KeyRow): z.infer<typeof Key> => ({
  id: row.id,
  name: row.name,
  prefix: row.prefix,
  scopes: row.scopes,
  createdAt: iso(row.createdAt),
  expiresAt: isoOrNull(row.expiresAt),
  lastUsedAt: isoOrNull(row.lastUsedAt),
})
