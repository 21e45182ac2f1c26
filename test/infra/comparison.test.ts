import { readFileSync } from "node:fs"
import path from "node:path"
import ts from "typescript"
import { describe, expect, it } from "vitest"

const root = path.resolve(import.meta.dirname, "../..")
const doc = readFileSync(path.join(root, "docs/comparison.md"), "utf8")

/** Where a rival's citations have to lead: its source at the commit that was read, or its vendor's pages. */
const rivals = new Map([
  ["Svix OSS", "https://github.com/svix/svix-webhooks/blob/4fc0cfb/"],
  ["Outpost", "https://github.com/hookdeck/outpost/blob/f67ae01/"],
  ["Convoy", "https://github.com/frain-dev/convoy/blob/2b60cc6/"],
  ["Hook0", "https://github.com/hook0/hook0/blob/86a9d66/"],
  ["ConnectSafely native", "https://connectsafely.ai/docs/"],
])
const NOT_CHECKED = "not checked"

interface Cell {
  feature: string
  column: string
  text: string
}

const cellsOf = (line: string): string[] =>
  line
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim())

/** Every cell of every table of the doc but the features' names. */
const cells: Cell[] = []
const headers: string[][] = []
for (const table of doc.matchAll(/^\|.*\n\| ?-.*\n(?:\|.*\n)+/gm)) {
  const [header = "", , ...rows] = table[0].trimEnd().split("\n")
  const [, ...columns] = cellsOf(header)
  headers.push(columns)
  for (const row of rows) {
    const [feature = "", ...texts] = cellsOf(row)
    expect(texts, `the row "${feature}" has a cell for each column`).toHaveLength(columns.length)
    for (const [index, text] of texts.entries()) cells.push({ feature, column: columns[index] ?? "", text })
  }
}
const own = cells.filter(({ column }) => column === "Posthorn")
const theirs = cells.filter(({ column }) => rivals.has(column))

/** `[label]` alone is a citation; with an address behind it, a link. */
const labelsIn = (text: string): string[] => [...text.matchAll(/\[([^\]]+)\](?!\()/g)].map(([, label = ""]) => label)
const citations = new Map(
  [...doc.matchAll(/^\[([^\]]+)\]: (\S+)$/gm)].map(([, label = "", address = ""]) => [label, address] as const),
)

interface Link {
  name: string
  file: string
}
const testsIn = (text: string): Link[] =>
  [...text.matchAll(/(?<!\\)\[((?:\\.|[^\]\\])+)\]\(\.\.\/([^)\s]+)\)/g)].map(([, name = "", file = ""]) => ({
    name: name.replaceAll(/\\(.)/g, "$1"),
    file,
  }))

/** What is called: `it` of `it.skipIf(…).each(…)`, with what stands between. */
const calleeOf = (node: ts.Expression): string[] => {
  if (ts.isIdentifier(node)) return [node.text]
  if (ts.isPropertyAccessExpression(node)) return [...calleeOf(node.expression), node.name.text]
  return ts.isCallExpression(node) ? calleeOf(node.expression) : []
}

/** Titles of the tests in a file, and in the modules beside it that it hands its cases to. */
const titlesIn = (file: string, seen = new Set<string>()): Set<string> => {
  const titles = new Set<string>()
  if (seen.has(file)) return titles
  seen.add(file)
  const source = ts.createSourceFile(file, readFileSync(path.join(root, file), "utf8"), ts.ScriptTarget.Latest)
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      const { text } = node.moduleSpecifier
      if (text.startsWith("./"))
        for (const title of titlesIn(path.join(path.dirname(file), text), seen)) titles.add(title)
    }
    if (ts.isCallExpression(node)) {
      const [name = "", ...modifiers] = calleeOf(node.expression)
      const [title] = node.arguments
      const runs = !modifiers.some((modifier) => ["skip", "todo", "fails"].includes(modifier))
      if (["it", "test"].includes(name) && runs && title !== undefined && ts.isStringLiteralLike(title))
        titles.add(title.text)
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return titles
}

describe("docs/comparison.md", () => {
  it("is about Posthorn and every rival in each table of features, and has each feature once", () => {
    const [missing, ...features] = headers.toReversed()
    expect(features.length).toBeGreaterThan(0)
    for (const columns of features) expect(columns).toEqual(["Posthorn", ...rivals.keys()])
    expect(missing).toEqual([...rivals.keys()])
    const names = cells.filter(({ column }) => column === "Hook0").map(({ feature }) => feature)
    expect(names).toEqual([...new Set(names)])
    expect(names.length).toBeGreaterThan(30)
  })

  it("proves each of Posthorn's rows by tests that exist, under the very names that it tells", () => {
    expect(own.length).toBeGreaterThan(0)
    for (const { feature, text } of own) {
      const links = testsIn(text)
      expect(links, feature).not.toHaveLength(0)
      for (const { name, file } of links) {
        expect(file, `${feature}: vitest runs it`).toMatch(/^(?:test|packages)(?:\/[\w-][\w.-]*)+\.test\.ts$/)
        expect([...titlesIn(file)], `${feature}: ${file}`).toContain(name)
      }
    }
  })

  it("says of a rival only what has a file and a commit, or a page of its vendor, else that it was not checked", () => {
    expect(theirs.length).toBeGreaterThan(0)
    for (const { feature, column, text } of theirs) {
      if (text === NOT_CHECKED) continue
      const labels = labelsIn(text)
      expect(labels, `${feature}, ${column}`).not.toHaveLength(0)
      for (const label of labels) {
        const address = citations.get(label) ?? ""
        const place = rivals.get(column) ?? ""
        const commit = /\/blob\/(\w+)\/$/.exec(place)?.[1]
        const [file = "", at] = label.split("@")
        expect(address, `${feature}, ${column}: [${label}]`).toMatch(/^https:/)
        expect(address.slice(0, place.length), `${feature}, ${column}: [${label}]`).toBe(place)
        expect(at, `${feature}, ${column}: [${label}]`).toBe(commit)
        expect(`/${address.slice(place.length)}`.endsWith(`/${file.replace(/^docs\//, "")}`), address).toBe(true)
      }
    }
  })

  it("cites nothing that no cell says", () => {
    const cited = new Set(theirs.flatMap(({ text }) => labelsIn(text)))
    expect([...citations.keys()].filter((label) => !cited.has(label))).toEqual([])
  })

  it("promises at least once, and compares no speed", () => {
    expect(doc).not.toMatch(/exactly[ -]once|\b(?:fast|slow|quick)er\b|\bfastest\b|outperform/i)
  })
})
