import { DatabaseSync } from "node:sqlite"
import { afterEach, beforeEach, describe, expect, it } from "vitest"

import { createWriter, type Writer } from "./writer.ts"

describe("the writer", () => {
  let db: DatabaseSync
  let writer: Writer
  let said: string[]
  beforeEach(() => {
    db = new DatabaseSync(":memory:")
    db.exec("CREATE TABLE t (n INTEGER PRIMARY KEY, CHECK (n < 100))")
    said = []
    writer = createWriter(listening(db))
  })
  afterEach(() => db.close())

  /** The database, with what is done to its transactions noted. */
  const listening = (target: DatabaseSync): DatabaseSync =>
    new Proxy(target, {
      get: (_, name) => {
        if (name === "isTransaction") return target.isTransaction
        if (name === "exec")
          return (sql: string): void => {
            said.push(sql)
            target.exec(sql)
          }
        return (sql: string) => {
          const statement = target.prepare(sql)
          return { run: () => (said.push(sql), statement.run()) }
        }
      },
    })
  const add = (n: number) => () => db.prepare("INSERT INTO t VALUES (?)").run(n).changes
  const numbers = () =>
    db
      .prepare("SELECT n FROM t ORDER BY n")
      .all()
      .map(({ n }) => n)
  const outcomes = async (writes: Promise<unknown>[]) => (await Promise.allSettled(writes)).map(({ status }) => status)

  it("puts what is asked for in one turn into one transaction, in order, each with its own answer", async () => {
    const order: number[] = []
    const writes = [3, 1, 2].map((n) => writer.write(() => (order.push(n), add(n)(), n * 10)))
    expect(order).toEqual([])
    expect(await Promise.all(writes)).toEqual([30, 10, 20])
    expect(order).toEqual([3, 1, 2])
    expect(said.filter((sql) => sql === "COMMIT")).toHaveLength(1)
  })

  it("answers after the commit", async () => {
    let committed = false
    const write = writer.write(() => db.isTransaction)
    void write.then(() => (committed = !db.isTransaction))
    expect(await write).toBe(true)
    expect(committed).toBe(true)
  })

  it("lets a write that fails fail alone", async () => {
    expect(
      await outcomes([writer.write(add(1)), writer.write(add(100)), writer.write(add(1)), writer.write(add(2))]),
    ).toEqual(["fulfilled", "rejected", "rejected", "fulfilled"])
    expect(numbers()).toEqual([1, 2])
  })

  it("takes back all of an atomic write, and nothing else", async () => {
    const both = () => (add(3)(), add(100)())
    expect(await outcomes([writer.write(add(1)), writer.write(both, { atomic: true }), writer.write(add(2))])).toEqual([
      "fulfilled",
      "rejected",
      "fulfilled",
    ])
    expect(numbers()).toEqual([1, 2])
  })

  it("refuses every write of a transaction that SQLite took back, and goes on with the next", async () => {
    const lose = () => {
      db.exec("ROLLBACK")
      throw new Error("disk full")
    }
    expect(await outcomes([writer.write(add(1)), writer.write(lose), writer.write(add(2))])).toEqual([
      "rejected",
      "rejected",
      "rejected",
    ])
    expect(numbers()).toEqual([])
    await writer.write(add(3))
    expect(numbers()).toEqual([3])
  })

  it("refuses every write of a transaction whose commit fails", async () => {
    db.exec("PRAGMA foreign_keys = ON; CREATE TABLE u (n REFERENCES t (n) DEFERRABLE INITIALLY DEFERRED)")
    const orphan = () => db.prepare("INSERT INTO u VALUES (50)").run()
    expect(await outcomes([writer.write(add(1)), writer.write(orphan)])).toEqual(["rejected", "rejected"])
    expect(numbers()).toEqual([])
    await writer.write(add(2))
    expect(numbers()).toEqual([2])
  })

  it("waits for the disk where a write of the transaction asks for it, and only there", async () => {
    await Promise.all([writer.write(add(1)), writer.write(add(2), { durable: true })])
    await writer.write(add(3))
    await writer.write(add(4))
    expect(said.filter((sql) => sql !== "COMMIT")).toEqual([
      "PRAGMA synchronous = FULL",
      "BEGIN IMMEDIATE",
      "PRAGMA synchronous = NORMAL",
      "BEGIN IMMEDIATE",
      "BEGIN IMMEDIATE",
    ])
  })

  it("writes more than one transaction holds", async () => {
    const writes = Array.from({ length: 1_200 }, (_, index) => writer.write(() => index))
    expect(await Promise.all(writes)).toEqual(Array.from({ length: 1_200 }, (_, index) => index))
    expect(said.filter((sql) => sql === "COMMIT")).toHaveLength(3)
  })

  it("commits what was asked for before it closed, and refuses what comes after", async () => {
    const before = Array.from({ length: 1_200 }, (_, index) => writer.write(() => index))
    before.push(writer.write(() => Number(add(1)())))
    writer.close()
    expect(numbers()).toEqual([1])
    const after = writer.write(add(2))
    expect(new Set(await outcomes(before))).toEqual(new Set(["fulfilled"]))
    expect(await outcomes([after])).toEqual(["rejected"])
    expect(numbers()).toEqual([1])
  })
})
