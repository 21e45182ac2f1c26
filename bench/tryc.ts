import { person } from "@posthorn/simulator/person"
import { startRelay } from "../test/relay.ts"
const relay = await startRelay({ simulator: { accounts: 1, history: true, dialect: "legacy" } })
const { world, requests } = relay.simulator
const c = world.addConversation({ account: relay.accountId, people: [person("Person X Example")] })
for (let i=0;i<25;i++) {
  const before = requests.length
  world.write({ conversation: c })
  await relay.poll()
  console.log(i, requests.slice(before).map(r => `${r.path.split("/").pop()} ${JSON.stringify(r.query)}`).map(s=>s.slice(0,300)))
}
await relay.stop(); await relay.simulator.close()
