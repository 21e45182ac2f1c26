import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"

import { type Directory, openDirectory, StartError } from "./directory.ts"

const modeOf = (path: string): number => statSync(path).mode & 0o777

describe("the data directory", () => {
  let root: string
  let path: string
  let opened: Directory[]
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "posthorn-"))
    path = join(root, "a", "data")
    opened = []
  })
  afterEach(() => {
    for (const directory of opened) directory.close()
    rmSync(root, { recursive: true })
  })
  const open = (...more: [upstream?: string, given?: Parameters<typeof openDirectory>[2]]): Directory => {
    const directory = openDirectory(path, more[0] ?? "simulator", more[1])
    opened.push(directory)
    return directory
  }
  /** The sentence with which it refuses. */
  const refusal = (...more: Parameters<typeof open>): string => {
    try {
      open(...more)
    } catch (error) {
      expect(error).toBeInstanceOf(StartError)
      const { message } = error as StartError
      expect(message).toMatch(/^[^\n]+\.$/)
      return message
    }
    throw new Error("it opened")
  }

  it("is made for its owner alone, with every file in it", () => {
    const before = process.umask(0)
    try {
      open()
    } finally {
      process.umask(before)
    }
    expect(modeOf(path)).toBe(0o700)
    const files = readdirSync(path)
    expect(files.sort()).toEqual(["posthorn.db", "posthorn.json", "posthorn.lock", "secrets.json"])
    for (const file of files) expect(modeOf(join(path, file)), file).toBe(0o600)
  })

  it("closes to others what was left open", () => {
    open().close()
    chmodSync(path, 0o755)
    for (const file of readdirSync(path)) chmodSync(join(path, file), 0o644)
    open()
    expect(modeOf(path)).toBe(0o700)
    for (const file of readdirSync(path)) expect(modeOf(join(path, file)), file).toBe(0o600)
  })

  it("does not shut others out of a directory that they keep things in", () => {
    mkdirSync(path, { recursive: true })
    chmodSync(path, 0o755)
    writeFileSync(join(path, "theirs"), "")
    open()
    expect(modeOf(path)).toBe(0o755)
    expect(modeOf(join(path, "secrets.json"))).toBe(0o600)
  })

  it("makes its secrets once", () => {
    const first = open()
    expect(first.madeAdminKey).toBe(true)
    expect(first.adminKey).toMatch(/^phk_[\w-]{32}$/)
    expect(first.encryptionKeys.map(({ length }) => length)).toEqual([32])
    first.close()
    const second = open()
    expect(second).toMatchObject({ adminKey: first.adminKey, madeAdminKey: false })
    expect(second.encryptionKeys).toEqual(first.encryptionKeys)
  })

  it("makes other secrets elsewhere", () => {
    const first = open()
    path = join(root, "b")
    const second = open()
    expect(second.adminKey).not.toBe(first.adminKey)
    expect(second.encryptionKeys).not.toEqual(first.encryptionKeys)
  })

  it("takes secrets that are set, and keeps them nowhere", () => {
    const given = { adminKey: "phk_0123456789abcdef", encryptionKeys: [new Uint8Array(32).fill(7)] }
    const { adminKey, madeAdminKey, encryptionKeys } = open("simulator", given)
    expect({ adminKey, madeAdminKey, encryptionKeys }).toEqual({ ...given, madeAdminKey: false })
    expect(readdirSync(path)).not.toContain("secrets.json")
  })

  it("goes on decrypting with its own key when another is set", () => {
    const own = open()
    own.close()
    const set = new Uint8Array(32).fill(7)
    expect(open("simulator", { adminKey: null, encryptionKeys: [set] }).encryptionKeys).toEqual([
      set,
      ...own.encryptionKeys,
    ])
  })

  it("belongs to one upstream", () => {
    open("https://api.connectsafely.ai/linkedin").close()
    const message = refusal("simulator")
    expect(message).toContain(path)
    expect(message).toContain("https://api.connectsafely.ai/linkedin")
    expect(message).toContain("POSTHORN_DATA_DIR")
    open("https://api.connectsafely.ai/linkedin")
  })

  it.each(["", "{", "[]", '{"encryptionKey":"c2hvcnQ="}', '{"adminKey":""}'])(
    "refuses damaged secrets (%j) and leaves them as they are",
    (damaged) => {
      open().close()
      writeFileSync(join(path, "secrets.json"), damaged)
      expect(refusal()).toContain("secrets.json")
      expect(readFileSync(join(path, "secrets.json"), "utf8")).toBe(damaged)
    },
  )

  it("refuses a damaged record of its upstream", () => {
    open().close()
    writeFileSync(join(path, "posthorn.json"), "{")
    expect(refusal()).toContain("posthorn.json")
  })

  it("refuses a path that is a file, or lies in one", () => {
    writeFileSync(join(root, "file"), "")
    path = join(root, "file")
    expect(refusal()).toContain("POSTHORN_DATA_DIR")
    path = join(root, "file", "data")
    expect(refusal()).toContain(path)
  })

  // Root may write everywhere.
  it("refuses a directory that it cannot make", () => {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, "a file where the directory above it should be")
    expect(() => openDirectory(join(path, "below"), "simulator")).toThrow(/below cannot be used .*make it writable/)
  })

  describe("with another process on it", () => {
    let child: ChildProcess
    beforeEach(async () => {
      const script = `
        const { openDirectory } = await import(${JSON.stringify(join(import.meta.dirname, "directory.ts"))})
        openDirectory(${JSON.stringify(path)}, "simulator")
        console.log("open")
        setInterval(() => {}, 1000)`
      child = spawn(process.execPath, ["--input-type=module", "--eval", script], {
        stdio: ["ignore", "pipe", "inherit"],
      })
      await once(child.stdout!, "data")
    })
    afterEach(() => void child.kill("SIGKILL"))

    it("refuses, and names the directory", () => {
      const message = refusal()
      expect(message).toContain(path)
      expect(message).toContain("POSTHORN_DATA_DIR")
      expect(refusal()).toBe(message)
    })

    it("opens when that one was killed", async () => {
      child.kill("SIGKILL")
      await once(child, "exit")
      expect(open().madeAdminKey).toBe(false)
    })
  })

  it("opens once in one process, too", () => {
    open()
    expect(refusal()).toContain("Another Posthorn")
    opened[0]?.close()
    open()
  })
})
