import { execFileSync } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import path from "node:path"

import { describe, expect, it } from "vitest"

import { blocksOf, excusedCommands, headingsOf } from "../../scripts/doc-blocks.ts"
import { allAsked } from "./asked.ts"

const root = path.resolve(import.meta.dirname, "../..")
const git = (...args: string[]): string[] =>
  execFileSync("git", args, { cwd: root, encoding: "utf8" }).trimEnd().split("\n")
/** Those not yet committed too. */
const docs = [...new Set(git("ls-files", "--cached", "--others", "--exclude-standard", "*.md"))].toSorted()

const asked = allAsked()
const run = new Set(asked.flatMap(({ blocks }) => blocks))

describe.each(docs)("%s", (file) => {
  const blocks = blocksOf(file).map((block) => ({ ...block, place: `${file}:${block.line}` }))
  const commands = excusedCommands(file)

  it("has no block but those that a test runs, and those of which it says why none can", () => {
    const others = blocks.filter(
      ({ place, excused, text }) => !excused && !run.has(place) && !commands.some((command) => text.includes(command)),
    )
    expect(others.map(({ place, name }) => `${place} ${name ?? "has no name"}`)).toEqual([])
  })

  it("excuses nothing that is run, and no command that is in none of its blocks", () => {
    expect(blocks.filter(({ place, excused }) => excused && run.has(place)).map(({ place }) => place)).toEqual([])
    const stale = commands.filter((command) => !blocks.some(({ text }) => text.includes(command)))
    expect(stale).toEqual([])
  })

  it("has no fence that was overlooked", () => {
    const fences = readFileSync(path.join(root, file), "utf8").match(/^ *(```|~~~)/gm) ?? []
    expect(fences.length).toBe(2 * blocks.length)
  })

  it("links to files and headings that are there", () => {
    const text = readFileSync(path.join(root, file), "utf8")
    for (const [, link = ""] of text.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)) {
      const [target = "", anchor] = link.split("#")
      const page = target === "" ? file : path.join(path.dirname(file), target)
      if (anchor === undefined) expect(existsSync(path.join(root, page)), link).toBe(true)
      else expect(headingsOf(page).map(toAnchor), link).toContain(anchor)
    }
  })
})

it("finds the docs", () => {
  for (const file of ["README.md", "docs/deploy.md", "docs/recipes/go.md", "packages/sdk/README.md"])
    expect(docs).toContain(file)
})

it.each(asked)("$by asks $doc for blocks that are there", ({ blocks }) => {
  expect(blocks.length).toBeGreaterThan(0)
})

/** As GitHub makes it of a heading. */
const toAnchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-")
