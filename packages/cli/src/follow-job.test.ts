import { PassThrough } from "node:stream"

import { describe, expect, it } from "vitest"

import { createBar } from "./follow-job.ts"

const stream = (isTTY: boolean) => {
  let written = ""
  const made = Object.assign(new PassThrough(), {
    isTTY,
    columns: 80,
    cursorTo: () => true,
    clearLine: () => true,
    moveCursor: () => true,
  })
  made.on("data", (chunk: Buffer) => (written += chunk.toString()))
  return { stream: made as unknown as NodeJS.WriteStream, written: () => written }
}

describe("the bar", () => {
  it("is drawn on a terminal, and gives the cursor back", () => {
    const terminal = stream(true)
    const bar = createBar(terminal.stream)
    bar?.update({ done: 3, matched: 4 })
    bar?.stop()
    expect(terminal.written()).toContain("3 of 4")
    expect(terminal.written()).toContain("\u001b[?25h")
  })

  it("is not there where there is no terminal", () => {
    const file = stream(false)
    expect(createBar(file.stream)).toBeNull()
    expect(file.written()).toBe("")
  })
})
