import { randomBytes } from "node:crypto"
import { beforeEach, describe, expect, test } from "vitest"

import type { EndpointRow } from "../endpoint.ts"
import { newId } from "../id.ts"
import type { Fields } from "../logger.ts"
import { createSeal } from "../seal.ts"
import { deliver } from "./deliver.ts"
import { reseal } from "./reseal.ts"
import { RESEAL_MAX, resealEndpoints } from "./reseal-endpoints.ts"
import { headerContext, secretContext } from "./seal-context.ts"
import { newSecret } from "./sign.ts"
import { createWorld, ENDPOINT_ID, type World } from "./test-world.ts"

const key = (fill: number) => new Uint8Array(32).fill(fill)
const sealWith = (...fills: number[]) => createSeal({ keys: fills.map(key), randomBytes })
const old = sealWith(1)
const rotated = sealWith(2, 1)

let world: World
let lines: [string, string, Fields][]
beforeEach(async () => {
  world = await createWorld()
  lines = []
})

const secretText = newSecret(randomBytes)
const secretBefore = newSecret(randomBytes)
const sealedUnder = (seal: typeof old, id = ENDPOINT_ID): Partial<EndpointRow> => ({
  id,
  secrets: [
    { sealed: seal.seal(secretText, secretContext(id)), expiresAt: null },
    { sealed: seal.seal(secretBefore, secretContext(id)), expiresAt: 1_800_000_100_000 },
  ],
  headers: { authorization: seal.seal("Bearer abc", headerContext(id, "authorization")) },
})
const add = (seal: typeof old, over: Partial<EndpointRow> = {}) =>
  world.addEndpoint({ ...sealedUnder(seal, over.id), ...over })
const run = (seal: typeof old, max?: number) => {
  const note =
    (level: string) =>
    (fact: string, fields: Fields = {}) =>
      void lines.push([level, fact, fields])
  const logger = { debug: note("debug"), info: note("info"), warn: note("warn"), error: note("error") }
  return resealEndpoints({ store: world.store, seal, logger }, max)
}
const stored = async (id = ENDPOINT_ID) => (await world.store.getEndpoint(id))!
const idOf = (n: number) => newId("endpoint", (size) => new Uint8Array(size).fill(n))

describe("reseal", () => {
  test("afterwards the older key is not needed: secrets and headers open with the new one alone", async () => {
    const row = reseal(await add(old), rotated)
    const { open } = sealWith(2)
    expect(row.secrets.map(({ sealed }) => open(sealed, secretContext(row.id)))).toEqual([secretText, secretBefore])
    expect(open(row.headers["authorization"]!, headerContext(row.id, "authorization"))).toBe("Bearer abc")
  })

  test("changes nothing else: revision, expiry and what people see stay", async () => {
    const before = await add(old, { revision: 7, version: 3 })
    const { version, secrets, headers: _headers, ...after } = reseal(before, rotated)
    expect(version).toBe(4)
    expect(secrets.map(({ expiresAt }) => expiresAt)).toEqual([null, 1_800_000_100_000])
    expect(before).toMatchObject(after)
  })
})

describe("resealEndpoints", () => {
  test("seals all anew, says that none is left, and writes nothing the second time", async () => {
    await add(old)
    expect(await run(rotated)).toEqual({ resealed: 1, left: 0, unopened: 0 })
    const after = await stored()
    expect(sealWith(2).open(after.secrets[0]!.sealed, secretContext(after.id))).toBe(secretText)
    expect(await run(rotated)).toEqual({ resealed: 0, left: 0, unopened: 0 })
    expect(await stored()).toEqual(after)
    expect(lines).toEqual([
      ["info", "endpoints.resealed", { resealed: 1, left: 0, unopened: 0 }],
      ["info", "endpoints.resealed", { resealed: 0, left: 0, unopened: 0 }],
    ])
  })

  test.each(["secrets", "headers"] as const)(
    "finds an endpoint of which only the %s are under an older key",
    async (part) => {
      await add(rotated, { [part]: sealedUnder(old)[part] })
      expect(await run(rotated)).toEqual({ resealed: 1, left: 0, unopened: 0 })
      expect(await run(sealWith(2))).toEqual({ resealed: 0, left: 0, unopened: 0 })
    },
  )

  test("writes a bounded number at a time, and tells how many are left", async () => {
    for (let n = 0; n < 5; n++) await add(old, { id: idOf(n), createdAt: world.now + n })
    expect(await run(rotated, 2)).toMatchObject({ resealed: 2, left: 3 })
    expect(await run(rotated, 2)).toMatchObject({ resealed: 2, left: 1 })
    expect(await run(rotated, 2)).toMatchObject({ resealed: 1, left: 0 })
    expect(RESEAL_MAX).toBeGreaterThan(0)
  })

  test("an endpoint whose key is lost holds up no other, and is no reason to keep the older key", async () => {
    await add(sealWith(9), { id: idOf(1), createdAt: world.now - 1 })
    await add(old, { id: idOf(2) })
    expect(await run(rotated, 1)).toEqual({ resealed: 1, left: 0, unopened: 1 })
    expect(lines[0]).toMatchObject(["error", "endpoints.unopened", { unopened: 1 }])
    expect(JSON.stringify(lines)).toContain(idOf(1))
    expect(JSON.stringify(lines)).not.toContain(secretText)
  })

  test("never undoes a change that is made at the same time", async () => {
    const before = await add(old)
    const changed = { ...before, version: before.version + 1, url: "https://other.example/hook" }
    const store = {
      putEndpoint: (row: EndpointRow, expected: number | null) => world.store.putEndpoint(row, expected),
      listEndpoints: async () => {
        const rows = await world.store.listEndpoints()
        await world.store.putEndpoint(changed, before.version)
        return rows
      },
    }
    const silent = { debug() {}, info() {}, warn() {}, error() {} }
    expect(await resealEndpoints({ store, seal: rotated, logger: silent })).toEqual({
      resealed: 0,
      left: 1,
      unopened: 0,
    })
    expect(await stored()).toEqual(changed)
  })

  test("leaves deleted endpoints alone", async () => {
    const row = await add(old, { deletedAt: world.now })
    expect(await run(rotated)).toEqual({ resealed: 0, left: 0, unopened: 0 })
    expect(await stored()).toEqual(row)
  })

  test("a delivery after it is signed with the same secret, without the older key", async () => {
    await add(old)
    await run(rotated)
    await deliver(world.message, { ...world.deps, open: sealWith(2).open })
    expect(world.posted).toHaveLength(1)
    expect(world.posted[0]!.headers).toMatchObject({ authorization: "Bearer abc" })
    expect((await world.store.getDelivery(world.message.eventId, ENDPOINT_ID))?.status).toBe("succeeded")
  })
})
