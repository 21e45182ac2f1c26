import { expect, it } from "vitest"

import { type Relay, until } from "../relay.ts"
import { conversationIn, deliveries, type EnvelopeJson, eventsAt, useStage, write } from "./stage.ts"

const { start, receive } = useStage()

interface PageJson {
  data: EnvelopeJson[]
  nextCursor: string
}
const page = async (relay: Relay, after: string, limit = 7): Promise<PageJson> => {
  const { status, body } = await relay.api<PageJson>(`/v1/events?limit=${limit}&after=${encodeURIComponent(after)}`)
  expect(status).toBe(200)
  expect(body.data.length).toBeLessThanOrEqual(limit)
  return body
}
const textOf = ({ data }: EnvelopeJson): string => data.message.text

it.each(["with its deliveries exhausted", "with its endpoint deleted"] as const)(
  "a consumer that was down, %s, walks on from its last event and has everything, while more is being written; nothing of its account comes again",
  async (how) => {
    const relay = await start({
      simulator: { accounts: 2 },
      env: { POSTHORN_RETRY_SECONDS: "0.05" },
    })
    const receiver = await receive()
    const { id } = await relay.endpoint(receiver.url, { eventTypes: ["*"] })
    const [own = "", other = ""] = [...relay.simulator.world.accounts.keys()]
    const conversations = [conversationIn(relay, own), conversationIn(relay, other)] as const
    let count = 0
    const writeSome = async (): Promise<void> => {
      for (const conversation of conversations) await write(relay, conversation, `n${++count}`, `n${++count}`)
    }
    await writeSome()
    await until(async () => (await deliveries(relay, "status=succeeded")).length === 6, "all taken")
    const had = eventsAt(receiver)
    const [last] = had
      .filter(({ type, data }) => type === "message.received" && data.account.id === own)
      .toSorted((a, b) => b.data.sequence - a.data.sequence)

    receiver.answer({ status: 500 })
    if (how === "with its endpoint deleted") await relay.api(`/v1/endpoints/${id}`, { method: "DELETE" })
    for (let time = 0; time < 10; time++) await writeSome()
    await relay.runtime.idle()
    if (how === "with its deliveries exhausted")
      await until(async () => (await deliveries(relay, "status=exhausted,held")).length > 0, "what was given up")

    const walked: EnvelopeJson[] = []
    let after = last!.id
    for (let pages = 0; ; pages++) {
      const [{ data, nextCursor }] = await Promise.all([page(relay, after), pages < 5 ? writeSome() : null])
      walked.push(...data)
      after = nextCursor
      if (data.length === 0 && pages >= 5) break
    }
    const ids = walked.map((event) => event.id)
    expect(new Set(ids).size).toBe(ids.length)
    const known = new Set(had.map((event) => event.id))
    const isOwn = ({ data }: EnvelopeJson): boolean => "account" in data && data.account.id === own
    expect(walked.filter((event) => isOwn(event) && known.has(event.id))).toEqual([])
    const all = [...had, ...walked].filter(({ type }) => type === "message.received")
    expect(new Set(all.map(textOf))).toEqual(new Set(Array.from({ length: count }, (_, index) => `n${index + 1}`)))
    for (const account of [own, other]) {
      const sequences = walked
        .filter(({ type, data }) => type === "message.received" && data.account.id === account)
        .map(({ data }) => data.sequence)
      expect(sequences).toEqual(sequences.map((_, index) => (sequences[0] ?? 0) + index))
    }

    await write(relay, conversations[1], "later")
    expect((await page(relay, after)).data.map(textOf)).toEqual(["later"])
  },
)

it("a walk from an event repeats of other accounts what was seen in the two minutes before, and nothing older", async () => {
  const relay = await start({ simulator: { accounts: 2 } })
  const [own = "", other = ""] = [...relay.simulator.world.accounts.keys()]
  const { store } = relay.runtime
  await write(relay, conversationIn(relay, other), "long ago", "just now")
  await write(relay, conversationIn(relay, own), "before", "last")
  const rows = await Promise.all([own, other].map((log) => store.readLog(log, 0, 100)))
  const [ownRows, otherRows] = rows
  const last = ownRows!.at(-1)!
  const seen = store.db.prepare("UPDATE events SET seen_at = ? WHERE log = ? AND position = ?")
  for (const row of otherRows!.slice(0, 2)) seen.run(last.seenAt - 120_001, other, row.position)
  const { data } = await page(relay, last.event.id, 100)
  expect(data.map(textOf)).toEqual(["just now"])
})

it("a place of which retention has removed what comes next is refused with what to do, and start begins at what is kept", async () => {
  const relay = await start({ env: { POSTHORN_RETENTION_DAYS: "1" } })
  await write(relay, conversationIn(relay), "removed 1", "removed 2", "kept")
  const { store } = relay.runtime
  const rows = await store.readLog(relay.accountId, 0, 100)
  const bookmark = (await page(relay, "start", 1)).nextCursor
  const seen = store.db.prepare("UPDATE events SET seen_at = ? WHERE log = ? AND position = ?")
  for (const row of rows.slice(0, -1)) seen.run(Date.now() - 86_400_001, relay.accountId, row.position)
  const refused = await relay.api(`/v1/events?after=${bookmark}`)
  expect([refused.status, refused.body["code"]]).toEqual([410, "cursor_expired"])
  expect(refused.body["detail"]).toContain("after=start")
  expect((await page(relay, "start")).data.map(textOf)).toEqual(["kept"])
})
