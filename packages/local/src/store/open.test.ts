import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { afterEach, beforeEach, describe, expect, it } from "vitest"

import { StartError } from "../start-error.ts"
import { openStore } from "./open.ts"
import { migrate } from "./schema.ts"

describe("the file", () => {
  let root: string
  let path: string
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "posthorn-"))
    path = join(root, "posthorn.db")
  })
  afterEach(() => rmSync(root, { recursive: true }))

  const budget = { version: 1, perMinute: 60, halvedAt: null, pausedUntil: null }

  it("keeps what was written", async () => {
    const first = openStore({ path })
    await first.putBudget(budget, null)
    await first.close()
    const second = openStore({ path })
    expect(await second.getBudget()).toEqual(budget)
    await second.close()
  })

  it("keeps what was asked for in the turn in which it closed", async () => {
    const first = openStore({ path })
    const put = first.putBudget(budget, null)
    await first.close()
    expect(await put).toBe(true)
    const second = openStore({ path })
    expect(await second.getBudget()).toEqual(budget)
    await second.close()
  })

  it("goes through each change of form once, and keeps what it holds", () => {
    const db = new DatabaseSync(path)
    const first = "CREATE TABLE t (n); INSERT INTO t VALUES (1)"
    migrate(db, path, [first])
    migrate(db, path, [first, "ALTER TABLE t ADD COLUMN m DEFAULT 2"])
    migrate(db, path, [first, "ALTER TABLE t ADD COLUMN m DEFAULT 2"])
    expect({ ...db.prepare("SELECT * FROM t").get() }).toEqual({ n: 1, m: 2 })
    db.close()
  })

  it("is as it was when a change of form fails half way", () => {
    const db = new DatabaseSync(path)
    migrate(db, path, ["CREATE TABLE t (n)"])
    expect(() => migrate(db, path, ["", "CREATE TABLE u (n); CREATE TABLE t (n)"])).toThrow("t already exists")
    expect(
      db
        .prepare("SELECT name FROM sqlite_schema")
        .all()
        .map(({ name }) => name),
    ).toEqual(["t"])
    expect({ ...db.prepare("PRAGMA user_version").get() }).toEqual({ user_version: 1 })
    db.close()
  })

  it("is refused in one sentence when a newer Posthorn wrote it, and left alone", async () => {
    await openStore({ path }).close()
    const db = new DatabaseSync(path)
    db.exec("PRAGMA user_version = 99")
    db.close()
    expect(() => openStore({ path })).toThrow(StartError)
    expect(() => openStore({ path })).toThrow(
      /^[^ ]*posthorn.db was written by a newer Posthorn.*POSTHORN_DATA_DIR[^\n]*\.$/,
    )
  })

  it("is refused in one sentence when it is something else", () => {
    writeFileSync(path, "this is no database, whatever its name may say".repeat(100))
    expect(() => openStore({ path })).toThrow(StartError)
    expect(() => openStore({ path: join(root, "none", "posthorn.db") })).toThrow(StartError)
  })
})
