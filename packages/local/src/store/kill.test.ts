import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { expect, it } from "vitest"

import { openStore } from "./open.ts"

/** Appends to two logs as fast as it can, and says what has been answered. */
const writing = (path: string): string => `
  const { openStore } = await import(${JSON.stringify(join(import.meta.dirname, "open.ts"))})
  const store = openStore({ path: ${JSON.stringify(path)} })
  const row = (log, position) => ({
    log, position, seenAt: position, conversationId: null, sequence: null, previous: null, forgotten: false,
    event: { id: "evt_" + log + position, type: "ping", timestamp: "", data: {} },
  })
  const write = async (log) => {
    for (let position = (await store.lastPosition(log)) + 1; ; position += 1) {
      if (!(await store.appendEvent(row(log, position)))) throw new Error("taken")
      console.log(log, position)
      await store.raisePublished(log, position - 1)
    }
  }
  await Promise.all([write("ada"), write("grace")])`

it("keeps all that it has answered when its process is killed, without a hole", async () => {
  const directory = mkdtempSync(join(tmpdir(), "posthorn-"))
  const path = join(directory, "posthorn.db")
  const answered: Record<string, number> = {}
  try {
    for (let round = 1; round <= 3; round += 1) {
      const child = spawn(process.execPath, ["--input-type=module", "--eval", writing(path)], {
        stdio: ["ignore", "pipe", "inherit"],
      })
      let lines = 0
      for await (const line of createInterface(child.stdout)) {
        const [log = "", position] = line.split(" ")
        answered[log] = Number(position)
        if ((lines += 1) === 40) child.kill("SIGKILL")
      }
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit")
      expect(child.signalCode).toBe("SIGKILL")
      const store = openStore({ path })
      for (const [log, last] of Object.entries(answered)) {
        const positions = (await store.readLog(log, 0, 100_000)).map((row) => row.position)
        expect(positions).toEqual(Array.from({ length: positions.length }, (_, index) => index + 1))
        expect(positions.length).toBeGreaterThanOrEqual(last)
        expect(await store.getPublished(log)).toBeLessThanOrEqual(positions.length)
      }
      await store.close()
    }
  } finally {
    rmSync(directory, { recursive: true })
  }
})
