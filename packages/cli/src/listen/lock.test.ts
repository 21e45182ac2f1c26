import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"

import { afterEach, beforeEach, describe, expect, it } from "vitest"

import { endAll, run, type Running } from "../../../../test/kill/process.ts"
import { takeLock } from "./lock.ts"

let folder = ""
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "posthorn-lock-"))
})
afterEach(async () => {
  await endAll()
  rmSync(folder, { recursive: true, force: true })
})

const place = (): string => path.join(folder, "place.json")
const program = `
import { existsSync } from "node:fs"
const { takeLock } = await import(process.argv[1])
console.log("ready")
while (!existsSync(process.argv[3])) {}
try { takeLock(process.argv[2]); console.log("held"); setInterval(() => {}, 1_000) } catch (error) { console.log(error.message) }`
/** A process that takes the lock as soon as a file is there, and keeps it, or says why it cannot. */
const contend = (go: string, before = ""): Running => {
  const lock = path.join(import.meta.dirname, "lock.ts")
  return run([process.execPath, "--input-type=module", "-e", before + program, lock, place(), go])
}
/** On a disk that takes long to make sure: a commit that waits for it says so, and goes on after a second. */
const slowDisk = `
import { writeSync } from "node:fs"
const { DatabaseSync } = process.getBuiltinModule("node:sqlite")
const { exec } = DatabaseSync.prototype
DatabaseSync.prototype.exec = function (sql) {
  if (sql === "COMMIT" && Object.values(this.prepare("PRAGMA synchronous").get())[0] !== 0) {
    writeSync(1, "waits for the disk\\n")
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_000)
  }
  exec.call(this, sql)
}`
const ANSWER = /^(held|Another.*|The place.*)$/m

const SLOW_MS = 60_000
const ROUNDS = 5
const AT_ONCE = 6

describe("the lock of a place", { timeout: SLOW_MS }, () => {
  it("is one process's at a time, also of many that find its holder killed at once; the others say who has it", async () => {
    let last: Running | null = null
    for (let round = 0; round < ROUNDS; round++) {
      const go = path.join(folder, `go-${String(round)}`)
      const all = Array.from({ length: AT_ONCE }, () => contend(go))
      for (const each of all) await each.says(/ready/, SLOW_MS)
      last?.kill("SIGKILL")
      await last?.ended()
      writeFileSync(go, "")
      for (const each of all) await each.says(ANSWER, SLOW_MS)
      const held = all.filter((each) => each.out().includes("held"))
      expect(held).toHaveLength(1)
      const pids = all.map(({ pid }) => pid).join("|")
      for (const each of all)
        if (each !== held[0]) expect(each.out()).toMatch(new RegExp(`\\(pid (${pids})\\).*--state`))
      last = held[0] ?? null
    }
  })

  it("is free again once released, in a file of its owner's alone", () => {
    takeLock(place()).release()
    takeLock(place()).release()
    expect(statSync(`${place()}.lock`).mode & 0o777).toBe(0o600)
  })

  it("names who has it, and not who had it before, however slow the disk is", async () => {
    takeLock(place()).release()
    const holder = contend(`${place()}.lock`, slowDisk)
    await holder.says(/^(held|waits for the disk)$/m, SLOW_MS)
    expect(() => takeLock(place())).toThrow(`pid ${String(holder.pid)}`)
  })

  it("is refused within one process too, and that does not end the first", async () => {
    const lock = takeLock(place())
    expect(() => takeLock(place())).toThrow(`pid ${String(process.pid)}`)
    // What is there at once: the lock's own file.
    const other = contend(`${place()}.lock`)
    expect((await other.says(ANSWER, SLOW_MS))[0]).toContain(`pid ${String(process.pid)}`)
    lock.release()
  })

  it("does not take another's file for one: it says which", () => {
    writeFileSync(`${place()}.lock`, "somebody's notes, longer than the head of a database. ".repeat(4))
    expect(() => takeLock(place())).toThrow(/could not be locked at .*place\.json\.lock: .*--state/)
  })
})
