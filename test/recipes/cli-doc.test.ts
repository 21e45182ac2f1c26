import { afterEach, describe, expect, it, vi } from "vitest"

import { createProgram, leaves } from "../../packages/cli/src/program.ts"
import { blockOf, blocksUnder } from "../../scripts/doc-blocks.ts"
import { WITHIN_MS } from "../flow/cli.ts"
import { useStage } from "../flow/stage.ts"
import { endAll, run } from "../kill/process.ts"
import { temporaryFolder } from "./program.ts"

vi.setConfig({ testTimeout: 2 * WITHIN_MS })

const { receive, cleanups } = useStage()
afterEach(endAll)

it("the first commands of docs/cli.md start, forward what comes, and find nothing wrong", async () => {
  const receiver = await receive()
  const [start = "", exportKey = "", listen = "", doctor = ""] = blockOf("docs/cli.md", "Command line").split("\n")
  const relay = run(["sh", "-c", start], { PORT: "0", POSTHORN_DATA_DIR: await temporaryFolder(cleanups) })
  const [, key = ""] = await relay.says(/admin key +(phk_\S+)/, WITHIN_MS)
  const [, url = ""] = await relay.says(/Posthorn +(http:\S+)/, WITHIN_MS)
  /** In the second terminal, where the key was exported. */
  const second = async (command: string) =>
    run(["sh", "-c", `${exportKey.replace("phk_…", key)}\n${command}`], {
      POSTHORN_URL: url,
      XDG_STATE_HOME: await temporaryFolder(cleanups),
    })

  await second(listen.replace("http://localhost:3000/hook", receiver.url))
  const [forwarded] = await receiver.waitFor(1, WITHIN_MS)
  expect(forwarded?.headers["webhook-signature"]).toMatch(/^v1,/)

  const looked = await second(doctor)
  expect((await looked.ended(WITHIN_MS)).code).toBe(0)
  expect(looked.err()).toContain("0 wrong")
  expect(looked.out()).toContain("simulator")
})

/** What a command line writes that ends by itself, without a process of its own: there are many. */
const outputOf = (args: string[]): string => {
  let out = ""
  const write = vi.spyOn(process.stdout, "write").mockImplementation((text) => ((out += String(text)), true))
  const exit = vi.spyOn(process, "exit").mockImplementation((code) => {
    throw new Error(`exit ${String(code)}`)
  })
  try {
    expect(() => createProgram().parse(args, { from: "user" })).toThrow("exit 0")
    return out
  } finally {
    write.mockRestore()
    exit.mockRestore()
  }
}

describe("docs/cli.md shows the help that a command prints", () => {
  const helps = blocksUnder("docs/cli.md", "Commands").map(({ name, text }) => ({ words: name ?? "", text }))
  /** As wide as it may be: the doc is wider than a terminal. */
  const inOneLine = (text: string): string => text.trim().replaceAll(/\s+/g, " ")

  it.each(helps)("$words", ({ words, text }) => {
    const [posthorn, ...command] = words.split(" ")
    expect(posthorn).toBe("posthorn")
    expect(inOneLine(outputOf([...command, "--help"]))).toBe(inOneLine(text))
  })

  it("of every command", () => {
    expect(helps.map(({ words }) => words)).toEqual(leaves(createProgram()).map(({ words }) => words.join(" ")))
  })
})
