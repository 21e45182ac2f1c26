import { globSync, readFileSync } from "node:fs"
import path from "node:path"

import ts from "typescript"

import { blocksOf, blocksUnder } from "../../scripts/doc-blocks.ts"

const root = path.resolve(import.meta.dirname, "../..")
/** Tests and what they import, and what CI runs beside them. */
const RUN = ["test/**/*.ts", "packages/*/src/**/*.test.ts", "scripts/recipes.ts"]
/** A shell script asks by `block <doc> <name>`. */
const NEWCOMER = "scripts/newcomer.sh"

/** One request for blocks: of a doc by their name, or under a heading of it. */
export interface Asked {
  by: string
  doc: string
  /** `file:line` of each block that it gets. */
  blocks: string[]
}

const placeOf = ({ file, line }: { file: string; line: number }): string => `${file}:${line}`
const named = (doc: string, name: string): string[] =>
  blocksOf(doc)
    .filter((block) => block.name === name)
    .map(placeOf)

/** What a file asks for by `blockOf` and `blocksUnder`. Only texts that stand in it count, so that it is seen without running it. */
const askedIn = (by: string): Asked[] => {
  const source = ts.createSourceFile(by, readFileSync(path.join(root, by), "utf8"), ts.ScriptTarget.Latest)
  const found: Asked[] = []
  /** `const DOC = "docs/deploy.md"` */
  const constants = new Map(
    source.statements.flatMap((statement) =>
      ts.isVariableStatement(statement)
        ? statement.declarationList.declarations.flatMap(({ name, initializer }) =>
            ts.isIdentifier(name) && initializer !== undefined && ts.isStringLiteralLike(initializer)
              ? [[name.text, initializer.text] as const]
              : [],
          )
        : [],
    ),
  )
  const textOf = (node: ts.Node): string | null =>
    ts.isStringLiteralLike(node) ? node.text : ts.isIdentifier(node) ? (constants.get(node.text) ?? null) : null
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression)) {
      const [doc, which, language] = node.arguments.map(textOf)
      if (typeof doc === "string" && typeof which === "string") {
        const called = node.expression.text
        if (called === "blockOf") found.push({ by, doc, blocks: named(doc, which) })
        if (called === "blocksUnder" && language !== null)
          found.push({ by, doc, blocks: blocksUnder(doc, which, language).map(placeOf) })
      }
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

const ofNewcomer = (): Asked[] =>
  [...readFileSync(path.join(root, NEWCOMER), "utf8").matchAll(/\bblock (\S+\.md) (\w+)/g)].map(
    ([, doc = "", name = ""]) => ({ by: NEWCOMER, doc, blocks: named(doc, name) }),
  )

/** Every request for blocks that a test makes, or a script that CI runs. */
export const allAsked = (): Asked[] => [...globSync(RUN, { cwd: root }).toSorted().flatMap(askedIn), ...ofNewcomer()]
