import { derivedId } from "@posthorn/core/id"
import { describe, expect, it } from "vitest"

import { conversationIn, deliveries, write } from "../flow/stage.ts"
import { type Relay, until } from "../relay.ts"
import { whyNoN8n } from "./package.ts"
import { endpoints, soon, textOf, useStage } from "./stage.ts"

const reason = whyNoN8n()
const plain = { description: "n8n: Answer LinkedIn", metadata: { source: "n8n", workflowId: "wf1" } }
interface JobJson {
  id: string
  status: string
  done: number
  input: { since: string; until: string | null }
}

/** A replay of this endpoint that waits, as one does whose receiver is down. */
const putUnfinishedReplay = async (relay: Relay, endpointId: string): Promise<string> => {
  const id = derivedId("job", endpointId)
  const now = Date.now()
  const row = { version: 1, kind: "replay", status: "running", endpointId, accountId: null, input: {}, progress: null }
  const counts = { matched: 1, done: 0, missing: null, error: null, next: null, requestHash: null }
  const times = { createdAt: now, updatedAt: now, finishedAt: null, expiresAt: null }
  await relay.runtime.store.putJob({ id, ...row, ...counts, ...times } as never, null)
  return id
}

describe.skipIf(reason !== null)(
  `what passed an endpoint by that was gone${reason === null ? "" : ` (skipped: ${reason})`}`,
  { timeout: 40_000 },
  () => {
    const stage = useStage()
    /** Its URL answered 410, and then answers again. */
    const startWithGone = async () => {
      const { relay, n8n } = await stage.start(soon)
      await n8n.activate()
      const conversation = conversationIn(relay)
      n8n.proxyAnswers(410)
      await write(relay, conversation, "into the void")
      await until(async () => (await endpoints(relay))[0]?.status === "disabled")
      await write(relay, conversation, "while it was gone")
      n8n.proxyAnswers(null)
      const [{ id } = { id: "" }] = await endpoints(relay)
      const jobs = async () => (await relay.api<{ data: JobJson[] }>("/v1/jobs?kind=replay")).body.data
      const isThere = () => until(() => n8n.runs.map(textOf).sort().join() === "into the void,while it was gone")
      return { relay, n8n, id, jobs, isThere }
    }

    it("is asked for once another replay of the endpoint has ended", async () => {
      const { relay, n8n, id, jobs, isThere } = await startWithGone()
      const other = await putUnfinishedReplay(relay, id)
      const activated = n8n.activate("init")
      await until(async () => (await endpoints(relay))[0]?.status === "enabled")
      await relay.api(`/v1/jobs/${other}/cancel`, { method: "POST" })
      expect(await activated).toBe(true)
      await isThere()
      expect(await jobs()).toHaveLength(2)
      expect(await endpoints(relay)).toMatchObject([{ id, ...plain }])
    })

    it("stays due where that one does not end: the workflow is active, and n8n's next start asks again", async () => {
      const { relay, n8n, id, isThere } = await startWithGone()
      const other = await putUnfinishedReplay(relay, id)
      expect(await n8n.activate("init")).toBe(true)
      expect(n8n.logged.join()).toMatch(/did not take the replay.*The replay job_\S+ of this endpoint is not finished/)
      expect(await endpoints(relay)).toMatchObject([
        {
          id,
          status: "enabled",
          description: "n8n: Answer LinkedIn (a replay of what it missed is due)",
          metadata: { missedSince: expect.any(String) as string },
        },
      ])
      await relay.api(`/v1/jobs/${other}/cancel`, { method: "POST" })
      expect(await n8n.activate("init")).toBe(true)
      await isThere()
      expect(await endpoints(relay)).toMatchObject([{ id, ...plain }])
      expect(await n8n.activate("init")).toBe(false)
    })

    it("is all of it where the workflow was on, whatever Catch Up says", async () => {
      const { n8n, isThere } = await startWithGone()
      n8n.set({ options: { catchUpMinutes: 0 } })
      await n8n.activate("init")
      await isThere()
    })

    it("is no more than what was to be kept where the workflow went off meanwhile", async () => {
      const { relay, n8n } = await stage.start(soon)
      n8n.set({ options: { catchUpMinutes: 0 } })
      await n8n.activate()
      const conversation = conversationIn(relay)
      n8n.proxyAnswers(410)
      await write(relay, conversation, "into the void")
      await until(async () => (await endpoints(relay))[0]?.status === "disabled")
      await n8n.deactivate()
      const [{ metadata } = { metadata: {} as Record<string, string> }] = await endpoints(relay)
      await until(() => Date.now() >= Date.parse(metadata["keepsUntil"] ?? ""))
      await write(relay, conversation, "while it was off")
      n8n.proxyAnswers(null)
      const jobs = async () => (await relay.api<{ data: JobJson[] }>("/v1/jobs?kind=replay")).body.data
      await n8n.activate("init")
      await until(async () => (await jobs())[0]?.status === "succeeded")
      expect(await jobs()).toMatchObject([{ done: 1 }])
      await until(async () => (await deliveries(relay))[0]?.status === "succeeded")
      expect(n8n.runs.map(textOf)).toEqual(["into the void"])
    })

    it("reaches from the first that is due to the last", async () => {
      const { relay, n8n, id, jobs } = await startWithGone()
      const [missedSince, missedUntil] = ["2026-01-01T00:00:00.000Z", "2026-01-01T00:05:00.000Z"]
      const metadata = { ...plain.metadata, missedSince, missedUntil }
      await relay.api(`/v1/endpoints/${id}`, { method: "PATCH", body: { metadata } })
      await n8n.activate("init")
      const [job] = await jobs()
      expect(job?.input.since).toBe(missedSince)
      expect(job?.input.until).toBeNull()
      expect(await endpoints(relay)).toMatchObject([{ id, ...plain }])
    })

    it("is still due after the workflow was off", async () => {
      const { relay, n8n, id, isThere } = await startWithGone()
      await n8n.deactivate()
      expect(await endpoints(relay)).toMatchObject([{ id, status: "disabled" }])
      await n8n.activate("update")
      await isThere()
      expect(await endpoints(relay)).toMatchObject([{ id, status: "enabled", ...plain }])
    })
  },
)
