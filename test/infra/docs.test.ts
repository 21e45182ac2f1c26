import { readdirSync, readFileSync } from "node:fs"
import path from "node:path"
import { describe, expect, it } from "vitest"

import { costDoc } from "../../scripts/cost.ts"

const root = path.resolve(import.meta.dirname, "../..")
const read = (file: string): string => readFileSync(path.join(root, file), "utf8")

const found = (file: string, pattern: RegExp): string[] =>
  [...read(file).matchAll(pattern)].flatMap(([, name]) => (name === undefined ? [] : [name]))

/** The headings of the third level under a heading of the second. */
const under = (file: string, heading: string): string[] => {
  const [, section = ""] = read(file).split(`\n## ${heading}\n`)
  const [own = ""] = section.split("\n## ")
  return [...own.matchAll(/^### (.+)$/gm)].flatMap(([, name]) => (name === undefined ? [] : [name]))
}

// Read from the text of infra/, so that it also runs where SST's source is absent.
describe("the docs of a deploy", () => {
  it("say what every alarm means, and of no other", () => {
    const alarms = found("infra/alarms.ts", /\balarm\("(\w+)"/g)
    expect(alarms.length).toBeGreaterThan(0)
    expect(under("docs/operations.md", "Alarms")).toEqual(alarms)
  })

  it("say how to empty every dead-letter queue", () => {
    const queues = found("infra/queues.ts", /\bdeadLetters\("(\w+)"/g)
    expect(queues.length).toBeGreaterThan(0)
    expect(under("docs/operations.md", "Dead-letter queues").toSorted()).toEqual(queues.toSorted())
  })

  it("say how to rotate every secret", () => {
    const secrets = found("infra/secret.ts", /\bnew sst\.Secret\("(\w+)"/g)
    expect(secrets.length).toBeGreaterThan(0)
    expect(under("docs/deploy.md", "Rotate a secret")).toEqual(expect.arrayContaining(secrets))
  })

  it("name every setting that a deploy passes on", () => {
    const settings = found("infra/stage.ts", /^ {2}"([A-Z_]+)",$/gm)
    expect(settings.length).toBeGreaterThan(0)
    for (const name of [...settings, "ALERT_EMAIL"]) expect(read("docs/deploy.md")).toContain(`\`${name}\``)
  })

  it("name only facts that something logs", () => {
    const sources = ["packages/core/src", "packages/aws/src"].flatMap((folder) =>
      readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
        .map((file) => read(path.join(folder, file))),
    )
    const facts = found("docs/operations.md", /^\| `([a-z]+\.[a-z_]+)`/gm)
    expect(facts.length).toBeGreaterThan(0)
    for (const fact of facts)
      expect(
        sources.some((source) => source.includes(`"${fact}"`)),
        fact,
      ).toBe(true)
  })

  it("run only npm scripts that exist", () => {
    const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> }
    for (const file of ["docs/deploy.md", "docs/operations.md", "docs/cost.md"])
      for (const script of found(file, /\bnpm run ([a-z-]+)/g)) expect(Object.keys(scripts), file).toContain(script)
  })

  it("have the costs that were counted", async () => {
    const { default: prettier } = await import("prettier")
    const [file, text] = costDoc
    const options = { ...(await prettier.resolveConfig(path.join(root, file))), filepath: file }
    expect(read(file)).toBe(await prettier.format(text, options))
  })
})
