import { createHmac } from "node:crypto"

import { endpointFormats } from "@posthorn/core/endpoint"
import { person } from "@posthorn/simulator/person"
import { Webhook } from "standardwebhooks"
import { expect, it } from "vitest"

import { blocksUnder } from "../../scripts/doc-blocks.ts"
import type { ReceivedRequest } from "../receiver.ts"
import { until } from "../relay.ts"
import { useStage } from "./stage.ts"

const { start, receive } = useStage()

const headersOf = ({ headers }: ReceivedRequest): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))

const shown = blocksUnder("docs/formats.md", "Formats")
/** The JSON that docs/formats.md shows for a format. */
const documented = (format: string): string => shown.find(({ name }) => name === format)?.text ?? ""

/** Where two events have another text at the same place: which became which, the longest first. */
const differences = (from: unknown, to: unknown): [string, string][] => {
  if (typeof from === "string") return typeof to === "string" && from !== to ? [[from, to]] : []
  if (from === null || typeof from !== "object") return []
  return Object.entries(from)
    .flatMap(([name, value]) => differences(value, (to as Record<string, unknown> | null)?.[name]))
    .toSorted(([a], [b]) => b.length - a.length)
}

interface Example {
  timestamp: string
  data: { account: { profileUrn: string } }
}
const minuteOf = ({ timestamp }: Example): string => `${timestamp.slice(0, 10)} ${timestamp.slice(11, 16)} UTC`
const ownerOf = ({ data }: Example): string => data.account.profileUrn.slice("urn:li:fsd_profile:".length)

it("one message in all five formats: the documented bodies, signed by our scheme, connectsafely's by its own too", async () => {
  const relay = await start()
  const endpoints = await Promise.all(
    endpointFormats.map(async (format) => {
      const receiver = await receive()
      return { format, receiver, ...(await relay.endpoint(receiver.url, { format })) }
    }),
  )
  const plain = person("Plain Example", { headline: "Head", picture: null })
  const conversation = relay.simulator.world.addConversation({ account: relay.accountId, people: [plain] })
  relay.simulator.world.write({ conversation, from: plain, text: "A message" })
  await relay.poll()
  await Promise.all(endpoints.map(({ receiver }) => receiver.waitFor(1)))
  const event = JSON.parse(endpoints[0]!.receiver.requests[0]!.body) as Example
  const example = JSON.parse(documented("standard")) as Example
  const replacements = [
    ...differences(example, event),
    [ownerOf(example), ownerOf(event)] as const,
    [minuteOf(example), minuteOf(event)] as const,
  ]

  expect(endpoints.map(({ format }) => format)).toEqual(["standard", "unipile", "slack", "discord", "connectsafely"])
  expect(shown.map(({ name }) => name)).toEqual(endpointFormats)
  for (const { format, receiver, secret } of endpoints) {
    const [request] = receiver.requests
    let wanted = documented(format)
    for (const [before, after] of replacements) wanted = wanted.replaceAll(before, after)
    expect(JSON.parse(request!.body), format).toEqual(JSON.parse(wanted))
    expect(new Webhook(secret).verify(request!.body, headersOf(request!)), format).toEqual(JSON.parse(request!.body))
    const native = `sha256=${createHmac("sha256", secret).update(request!.body).digest("hex")}`
    expect(request!.headers["x-webhook-signature"], format).toBe(format === "connectsafely" ? native : undefined)
  }
  expect(new Set(endpoints.map(({ receiver }) => receiver.requests[0]!.id)).size).toBe(1)
})

it("rotation: within the overlap both secrets verify, after a rotation without overlap the newest alone", async () => {
  const [relay, receiver] = [await start(), await receive()]
  const { id, secret: first } = await relay.endpoint(receiver.url)
  const rotate = async (body: object): Promise<string> =>
    (await relay.api<{ secret: string }>(`/v1/endpoints/${id}/rotate-secret`, { body })).body.secret
  const ping = async (): Promise<ReceivedRequest> => {
    const before = receiver.requests.length
    await relay.api(`/v1/endpoints/${id}/test`, { method: "POST" })
    return (await receiver.waitFor(before + 1))[before]!
  }
  const verifies = (secret: string, request: ReceivedRequest): boolean => {
    try {
      new Webhook(secret).verify(request.body, headersOf(request))
      return true
    } catch {
      return false
    }
  }

  const second = await rotate({})
  const both = await ping()
  expect([first, second].map((secret) => verifies(secret, both))).toEqual([true, true])
  const shown = (await relay.api<{ previousSecretExpiresAt: string }>(`/v1/endpoints/${id}`)).body
  expect(Date.parse(shown.previousSecretExpiresAt)).toBeGreaterThan(Date.now() + 23 * 3_600_000)

  const third = await rotate({ overlapSeconds: 0 })
  // What was read of the endpoint before the answer may sign for two seconds more.
  let alone = await ping()
  await until(async () => {
    alone = await ping()
    return verifies(third, alone)
  }, "the new secret's signature")
  expect([first, second, third].map((secret) => verifies(secret, alone))).toEqual([false, false, true])
  expect(String(alone.headers["webhook-signature"]).split(" ")).toHaveLength(1)
})
