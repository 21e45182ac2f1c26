import { readdir, readFile } from "node:fs/promises"
import path from "node:path"

import { Webhook } from "standardwebhooks"
import { expect, it } from "vitest"

import { conversationIn, deliveries, type EnvelopeJson, useStage, write } from "../flow/stage.ts"
import type { ReceivedRequest } from "../receiver.ts"
import { until } from "../relay.ts"
import { freePort, type Program, startProgram, temporaryFolder } from "./program.ts"

const SECRET = `whsec_${Buffer.alloc(32, 9).toString("base64")}`
const TEXT = `Grüße & "quotes" \\ </script> 👋🏽 – 日本`
const signatureHeaders = ["webhook-id", "webhook-timestamp", "webhook-signature"] as const
type Signed = Record<(typeof signatureHeaders)[number], string>

/** What a recipe's receiver has to do with what the relay truly sends, and with what somebody else made of it. */
export const verifies = (commandIn: (folder: string) => Promise<readonly [string, ...string[]]>): void => {
  const { start, receive, cleanups } = useStage()

  it("takes and keeps what the relay sends, once, and refuses what was altered, is old, or was never signed", async () => {
    const [relay, witness] = [await start({ env: { POSTHORN_RETRY_SECONDS: "0.05,0.05" } }), await receive()]
    const cwd = await temporaryFolder(cleanups)
    const inbox = path.join(cwd, "inbox")
    const program: Program = await startProgram(await commandIn(cwd), {
      cwd,
      env: { POSTHORN_SECRET: SECRET, INBOX: inbox },
      port: await freePort(),
    })
    cleanups.push(() => program.stop())
    const kept = async (): Promise<EnvelopeJson[]> => {
      const files = await readdir(inbox).catch(() => [])
      return Promise.all(
        files
          .filter((file) => file.endsWith(".json"))
          .map(async (file) => JSON.parse(await readFile(path.join(inbox, file), "utf8")) as EnvelopeJson),
      )
    }
    const post = async (body: string, headers: Partial<Signed>): Promise<number> =>
      (await fetch(program.url, { method: "POST", body, headers })).status

    const { id } = await relay.endpoint(program.url, { secret: SECRET })
    await relay.endpoint(witness.url, { secret: SECRET })
    const conversation = conversationIn(relay)
    await write(relay, conversation, TEXT)
    await until(async () => (await deliveries(relay, `endpointId=${id}&status=succeeded`)).length === 1)
    const [request] = await witness.waitFor(1)
    const { body, headers } = request as ReceivedRequest
    const signed = Object.fromEntries(signatureHeaders.map((name) => [name, String(headers[name])])) as Signed
    const event = JSON.parse(body) as EnvelopeJson
    expect(await kept()).toEqual([event])
    expect(event.data.message.text).toBe(TEXT)
    const lines = (): number => program.output().split("message.received").length - 1
    await until(() => lines() === 1, "its line about the message")

    const fiveMinutesAgo = new Date(Date.now() - 301_000)
    const soon = new Date(Date.now() + 400_000)
    const webhook = new Webhook(SECRET)
    const at = (instant: Date): Signed => ({
      "webhook-id": event.id,
      "webhook-timestamp": String(Math.floor(instant.getTime() / 1000)),
      "webhook-signature": webhook.sign(event.id, instant, body),
    })
    const refused: Record<string, [string, Partial<Signed>]> = {
      "another text": [body.replace("quotes", "lies"), signed],
      "the same JSON, written anew": [JSON.stringify(event, null, 1), signed],
      "nothing in it": ["", signed],
      "another event's id": [body, { ...signed, "webhook-id": "evt_another" }],
      "a time that was not signed": [
        body,
        { ...signed, "webhook-timestamp": String(Number(signed["webhook-timestamp"]) + 1) },
      ],
      "signed rightly, 5 minutes ago": [body, at(fiveMinutesAgo)],
      "signed rightly, in the future": [body, at(soon)],
      "signed with another secret": [
        body,
        {
          ...signed,
          "webhook-signature": new Webhook(`whsec_${Buffer.alloc(32, 8).toString("base64")}`).sign(
            event.id,
            new Date(),
            body,
          ),
        },
      ],
      "a signature that is none": [body, { ...signed, "webhook-signature": "none" }],
      "a signature without one": [body, { ...signed, "webhook-signature": "v1" }],
      "an empty signature": [body, { ...signed, "webhook-signature": "v1," }],
      "no time": [body, { ...signed, "webhook-timestamp": "soon" }],
      "no signature": [body, { "webhook-id": signed["webhook-id"], "webhook-timestamp": signed["webhook-timestamp"] }],
    }
    for (const [why, [altered, with_]] of Object.entries(refused)) expect(await post(altered, with_), why).toBe(401)
    expect(await kept()).toEqual([event])

    // The same again, as after a timeout on the way back: fine, and not a second event.
    expect(await post(body, at(new Date()))).toBe(204)
    expect(await kept()).toEqual([event])

    // While a secret is rotated there are two signatures, and the receiver still has the old secret.
    await relay.api(`/v1/endpoints/${id}/rotate-secret`, { body: {} })
    await write(relay, conversation, "after the rotation")
    await until(async () => (await deliveries(relay, `endpointId=${id}&status=succeeded`)).length === 2)
    expect((await kept()).map(({ data }) => data.message.text).toSorted()).toEqual(
      [TEXT, "after the rotation"].toSorted(),
    )
    await until(() => lines() >= 2, "its line about the second message")
    expect(lines(), "a line for each event, not for each delivery").toBe(2)
    expect((await readdir(inbox)).filter((file) => !file.endsWith(".json"))).toEqual([])
  })
}
