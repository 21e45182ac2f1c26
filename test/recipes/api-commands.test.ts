import { expect, it } from "vitest"

import { blockOf, inlineOf } from "../../scripts/doc-blocks.ts"
import { conversationIn, useStage, write } from "../flow/stage.ts"
import { run } from "../kill/process.ts"
import { ADMIN_KEY, type Relay, until } from "../relay.ts"
import { hasCurl } from "../suite.ts"

const { start, receive } = useStage()
const GATEWAY = "https://….execute-api.eu-west-1.amazonaws.com"

/** What commands of a deployment's docs print when they are pasted where `$API` and `$ADMIN_KEY` are this relay's. */
const paste = async (
  relay: Relay,
  commands: string,
  ids: string[] = [],
  env: Record<string, string> = { API: relay.runtime.url, ADMIN_KEY },
): Promise<string> => {
  const filled = ids.reduce((text, id) => text.replace("<id>", id), commands)
  const running = run(["bash", "-ec", filled.replaceAll("curl ", "curl -sS --fail-with-body ")], env)
  const { code } = await running.ended()
  if (code !== 0 || running.err() !== "") throw new Error(`ended with ${String(code)}: ${running.err()}`)
  return running.out()
}
const json = async <Answer>(...given: Parameters<typeof paste>): Promise<Answer> =>
  JSON.parse(await paste(...given)) as Answer

it.skipIf(!hasCurl())("docs/deploy.md: the API answers, and says what it polls", async () => {
  const relay = await start({ env: { CONNECTSAFELY_API_KEY: "any" } })
  const commands = blockOf("docs/deploy.md", "health").replace(GATEWAY, relay.runtime.url)
  const out = await paste(relay, `{\n${commands}\n} <<< ${ADMIN_KEY}`, [], {})
  expect(out).toMatch(/^\{[^}]*"ok"/)
  expect(out).toContain('"upstream":"connectsafely"')
})

it.skipIf(!hasCurl())("docs/deploy.md: an account shows, and a ping to a new endpoint succeeds", async () => {
  const [relay, receiver] = [await start(), await receive()]
  const accounts = await json<object>(relay, blockOf("docs/deploy.md", "accounts"))
  expect(accounts).toMatchObject({ data: [{ id: relay.accountId, status: "healthy" }] })
  const make = blockOf("docs/deploy.md", "endpoint").replace("https://hooks.example.com/linkedin", receiver.url)
  const { id, secret } = await json<{ id: string; secret: string }>(relay, make)
  expect(secret).toMatch(/^whsec_/)
  const [ping = "", look = ""] = blockOf("docs/deploy.md", "test").split("\n")
  await paste(relay, ping, [id])
  await receiver.waitFor(1)
  await until(async () => (await paste(relay, look)).includes('"status":"succeeded"'), "the first delivery")
})

it.skipIf(!hasCurl())("docs/operations.md: an endpoint is paused and resumed", async () => {
  const [relay, receiver] = [await start(), await receive()]
  const { id } = await relay.endpoint(receiver.url)
  const pause = blockOf("docs/operations.md", "endpoint")
  expect(await json<object>(relay, pause, [id])).toMatchObject({ status: "paused" })
  expect(pause).toContain("# and /resume")
  expect(await json<object>(relay, pause.replace("/pause", "/resume"), [id])).toMatchObject({ status: "enabled" })
})

it.skipIf(!hasCurl())("docs/operations.md: an account is polled and paused by hand, an event shown", async () => {
  const relay = await start()
  await write(relay, conversationIn(relay), "found")
  const { data } = (await relay.api<{ data: { id: string }[] }>("/v1/events")).body
  const id = data[0]?.id ?? ""
  expect(await json<object>(relay, inlineOf("docs/operations.md", "curl $API/v1/events/<id>"), [id])).toMatchObject({
    id,
  })
  await paste(relay, inlineOf("docs/operations.md", "curl -X POST $API/v1/accounts/<id>/poll"), [relay.accountId])
  const pause = inlineOf("docs/operations.md", "curl -X PATCH $API/v1/accounts/<id>")
  expect(await json<object>(relay, pause, [relay.accountId])).toMatchObject({ paused: true })
  const goOn = pause.replace("true", "false")
  expect(await json<object>(relay, goOn, [relay.accountId])).toMatchObject({ paused: false })
})
