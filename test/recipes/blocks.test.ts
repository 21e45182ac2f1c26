import { readdirSync, readFileSync } from "node:fs"
import path from "node:path"

import ts from "typescript"
import { expect, it } from "vitest"

import { blocksOf } from "../../scripts/doc-blocks.ts"

const root = path.resolve(import.meta.dirname, "../..")
const docs = [
  ...["consuming", "replay", "backfill", "zapier", "n8n"].map((name) => `docs/${name}.md`),
  ...readdirSync(path.join(root, "docs/recipes")).map((file) => `docs/recipes/${file}`),
]
const filesUnder = (folder: string, ending: string): string[] =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(ending))
    .map((file) => path.join(folder, file))

/** `docs/recipes/go.md install`: each block that a test asks for by name, and what CI runs to prepare the tests. */
const taken = (file: string): string[] => {
  const source = ts.createSourceFile(file, readFileSync(path.join(root, file), "utf8"), ts.ScriptTarget.Latest)
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === "blockOf") {
      const [doc, name] = node.arguments
      if (doc !== undefined && name !== undefined && ts.isStringLiteralLike(doc) && ts.isStringLiteralLike(name))
        found.push(`${doc.text} ${name.text}`)
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}
const run = new Set([...filesUnder("test", ".test.ts"), "scripts/recipes.ts"].flatMap(taken))

it.each(docs)("%s: every block is run by a test, or says right before it why it cannot be", (file) => {
  const others = blocksOf(file).filter(({ name, excused }) => !excused && !run.has(`${file} ${name ?? ""}`))
  expect(others.map(({ line, name }) => `${file}:${line} ${name ?? "has no name"}`)).toEqual([])
})

it("finds every fence, so that no block is overlooked", () => {
  for (const file of docs) {
    const fences = readFileSync(path.join(root, file), "utf8").match(/^ *(```|~~~)/gm) ?? []
    expect(fences.length, file).toBe(2 * blocksOf(file).length)
  }
})

it.each(docs)("%s: links lead to files and headings that are there", (file) => {
  const text = readFileSync(path.join(root, file), "utf8")
  for (const [, link = ""] of text.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)) {
    const [target = "", anchor] = link.split("#")
    const page = target === "" ? file : path.join(path.dirname(file), target)
    if (anchor === undefined) expect(() => readdirOrRead(page), link).not.toThrow()
    else expect(anchorsOf(page), link).toContain(anchor)
  }
})

const readdirOrRead = (page: string): unknown =>
  path.extname(page) === "" ? readdirSync(path.join(root, page)) : readFileSync(path.join(root, page))
/** As GitHub makes anchors of headings. */
const anchorsOf = (page: string): string[] =>
  [...readFileSync(path.join(root, page), "utf8").matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  )
