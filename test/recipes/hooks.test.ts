import type { EventData } from "@posthorn/core/event"
import { expect, it, vi } from "vitest"

import { blockOf } from "../../scripts/doc-blocks.ts"
import { alice, conversationIn, deliveries, useStage, write } from "../flow/stage.ts"
import type { Answer, ReceivedRequest } from "../receiver.ts"
import { ADMIN_KEY, type Relay, until } from "../relay.ts"
import { runShell } from "./program.ts"

vi.setConfig({ testTimeout: 60_000 })

const { start, receive } = useStage()

/** At most so many in so many ms: then 429, as the services do. Counts those. */
const limited = (count: number, withinMs: number, then: (request: ReceivedRequest) => Answer) => {
  let taken: number[] = []
  let refused = 0
  return {
    refused: () => refused,
    answer: (request: ReceivedRequest): Answer => {
      taken = taken.filter((at) => request.at - at < withinMs)
      if (taken.length >= count) {
        refused += 1
        return { status: 429, headers: { "retry-after": "1" } }
      }
      taken.push(request.at)
      return then(request)
    },
  }
}

const keyOf = async (relay: Relay, ...scopes: string[]): Promise<string> =>
  (await relay.api<{ key: string }>("/v1/keys", { body: { name: "of a recipe", scopes } })).body.key

/** What is hard to show: long, markup, mentions, nothing at all. */
const nasty = [
  "x".repeat(9_500),
  "&<>".repeat(3_000),
  `${"*_~`|\\".repeat(1_500)}${"👋🏽".repeat(1_000)}`,
  `<!channel> @everyone <@U012AB3CD> <https://evil.example|your bank> [x](https://evil.example)`,
  "\n\n\n",
]

interface Block {
  type: string
  text?: { text: string }
  elements?: { text: string }[]
}
/** https://docs.slack.dev/reference/block-kit/blocks: what an incoming webhook answers `invalid_blocks` to. */
const slackFault = ({ text, blocks }: { text: string; blocks: Block[] }): string | null => {
  if (text.length > 40_000) return "text"
  if (blocks.length > 50) return "blocks"
  for (const { type, text: own, elements = [] } of blocks) {
    if (type === "header" && !within(own?.text, 150)) return "header"
    if (type === "section" && !within(own?.text, 3_000)) return "section"
    if (type === "context" && (elements.length > 10 || elements.some((each) => !within(each.text, 3_000))))
      return "context"
  }
  return null
}
const within = (text: string | undefined, max: number): boolean =>
  text !== undefined && text.length > 0 && text.length <= max

interface Embed {
  title?: string
  description?: string
  fields?: { name: string; value: string }[]
  footer?: { text: string }
}
/** https://discord.com/developers/docs/resources/message#embed-object-embed-limits */
const discordFault = (body: { content: string; embeds: Embed[] }): string | null => {
  if (!within(body.content, 2_000)) return "content"
  if (body.embeds.length > 10) return "embeds"
  let sum = 0
  for (const { title = "", description = "", fields = [], footer = { text: "" } } of body.embeds) {
    if (title.length > 256 || description.length > 4_096 || footer.text.length > 2_048) return "embed"
    if (fields.length > 25 || fields.some(({ name, value }) => !within(name, 256) || !within(value, 1_024)))
      return "fields"
    sum += [title, description, footer.text, ...fields.flatMap(({ name, value }) => [name, value])].join("").length
  }
  return sum > 6_000 ? "sum" : null
}

it.each([
  {
    name: "slack",
    most: [4, 2_000],
    fault: slackFault as (body: never) => string | null,
    taken: { status: 200, body: "ok" },
    endpointBlock: blockOf("docs/recipes/slack.md", "endpoint"),
    tryBlock: blockOf("docs/recipes/slack.md", "try"),
  },
  {
    name: "discord",
    most: [5, 2_000],
    fault: discordFault as (body: never) => string | null,
    taken: { status: 204 },
    endpointBlock: blockOf("docs/recipes/discord.md", "endpoint"),
    tryBlock: blockOf("docs/recipes/discord.md", "try"),
  },
])(
  "a $name channel: the commands make an endpoint whose messages the service takes, the nastiest too",
  async ({ name, most, fault, taken, endpointBlock, tryBlock }) => {
    const [relay, receiver] = [await start(), await receive()]
    const faults: string[] = []
    const [count = 1, withinMs = 1] = most
    const service = limited(count, withinMs, ({ body }) => {
      const found = fault(JSON.parse(body) as never)
      if (found === null) return taken
      faults.push(found)
      return { status: 400, body: found }
    })
    receiver.answer((request) => service.answer(request))
    const given = {
      API: relay.runtime.url,
      KEY: await keyOf(relay, "endpoints", "read"),
      [`${name.toUpperCase()}_URL`]: receiver.url,
    }
    const { id, ...endpoint } = await runShell<{ id: string }>(endpointBlock, given)
    expect(endpoint).toMatchObject({ format: name, rateLimit: 1 })
    await runShell(tryBlock, { ...given, ID: id })
    await receiver.waitFor(1)
    expect(receiver.requests[0]?.body).toContain("A test from Posthorn")

    const conversation = conversationIn(relay)
    await write(relay, conversation, ...nasty)
    const attachments = Array.from({ length: 30 }, (_, index) => ({
      type: "file",
      url: `https://example.com/${index}`,
    }))
    relay.simulator.world.write({ conversation, from: alice, text: "", attachments })
    await relay.poll()
    const wanted = nasty.length + 2
    // One a second.
    await receiver.waitFor(wanted, 30_000)
    await until(async () => (await deliveries(relay, "status=succeeded")).length === wanted, "all taken")
    expect(faults).toEqual([])
    expect(service.refused(), "the endpoint's own rate keeps below the service's").toBe(0)
  },
)

it("make: the commands make an endpoint that has the webhook's key, and send a sample on request", async () => {
  const [relay, receiver] = [await start(), await receive()]
  const MAKE_KEY = "a-key-of-make"
  const service = limited(300, 10_000, ({ headers }) =>
    headers["x-make-apikey"] === MAKE_KEY ? { status: 200, body: "Accepted" } : { status: 401, body: "Unauthorized" },
  )
  receiver.answer((request) => service.answer(request))
  const given = {
    API: relay.runtime.url,
    KEY: await keyOf(relay, "endpoints", "read"),
    MAKE_URL: receiver.url,
    MAKE_KEY,
  }
  const conversation = conversationIn(relay)
  await write(relay, conversation, "before Make was there")
  const { data } = (await relay.api<{ data: { id: string; type: string }[] }>("/v1/events")).body
  const EVENT = data.find(({ type }) => type === "message.received")!.id

  const shown = await runShell<{ id: string; headers: unknown }>(blockOf("docs/recipes/make.md", "endpoint"), given)
  expect(JSON.stringify(shown)).not.toContain(MAKE_KEY)
  await runShell(blockOf("docs/recipes/make.md", "sample"), { ...given, ID: shown.id, EVENT })
  await receiver.waitFor(1)
  const sample = JSON.parse(receiver.requests[0]!.body) as { id: string; data: EventData<"message.received"> }
  expect(sample.id).toBe(EVENT)
  // The fields that the doc names.
  expect([sample.data.message.text, sample.data.message.sender?.name]).toEqual([
    "before Make was there",
    "Alice Example",
  ])
  expect(sample.data.conversation.url).toMatch(/^https:/)
  await write(relay, conversation, "and after")
  await until(async () => (await deliveries(relay, "status=succeeded")).length === 2)

  // A scenario that was taken off its webhook.
  receiver.answer({ status: 410, body: "Gone" })
  await write(relay, conversation, "to nobody")
  await until(async () => (await relay.api(`/v1/endpoints/${shown.id}`)).body["disabledReason"] === "gone")
  receiver.answer((request) => service.answer(request))
  const { disabledAt } = (await relay.api<{ disabledAt: string }>(`/v1/endpoints/${shown.id}`)).body
  const since = new Date(Date.parse(disabledAt) - 60_000).toISOString()
  await relay.api(`/v1/endpoints/${shown.id}/resume`, { method: "POST", key: ADMIN_KEY })
  await relay.api(`/v1/endpoints/${shown.id}/replay`, { body: { since } })
  const texts = (): string[] =>
    receiver.requests.map(({ body }) => (JSON.parse(body) as typeof sample).data.message.text)
  await until(async () => texts().filter((text) => text === "to nobody").length === 2, "what met the 410, again")
})
