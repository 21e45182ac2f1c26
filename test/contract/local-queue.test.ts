import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"

import { createLocalQueue, type LocalQueue } from "@posthorn/local/queue"
import { openStore } from "@posthorn/local/store/open"

import { createManualTime } from "./manual-time.ts"
import { queueContract } from "./queue-contract.ts"
import { T0 } from "./rows.ts"

const parse = (body: unknown): string => {
  if (typeof body !== "string") throw new Error("not a string")
  return body
}

queueContract("local", async (perGroup) => {
  const directory = await mkdtemp(path.join(tmpdir(), "posthorn-"))
  const { clock, setTimer, advance } = createManualTime(T0)
  const open = () => openStore({ path: path.join(directory, "posthorn.db") })
  let store = open()
  let process: LocalQueue<string> | null = null

  return {
    start: (handler) => {
      if (process !== null) {
        void store.close()
        store = open()
      }
      const queue = createLocalQueue<string>({
        store,
        kind: "test",
        clock,
        setTimer,
        parse,
        perGroup,
        handler: (body, { received }) => handler(body, received),
      })
      queue.start()
      process = queue
      return { queue, idle: queue.idle, counts: queue.counts, kill: () => void queue.stop(0) }
    },
    advance,
    sendRaw: (group, body) => {
      store.db.prepare("INSERT INTO queue (kind, grp, not_before, body) VALUES ('test', ?, ?, ?)").run(group, T0, body)
    },
    close: async () => {
      await store.close()
      await rm(directory, { recursive: true })
    },
  }
})
