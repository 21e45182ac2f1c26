// `node parse.mjs FILE` prints what AsyncAPI's parser makes of a document: channels, operations, and what it finds fault with.
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { cwd } from "node:process"

// From where the packages were installed, which is not beside this file.
const { Parser } = createRequire(`${cwd()}/package.json`)("@asyncapi/parser")
const { document, diagnostics } = await new Parser().parse(readFileSync(process.argv[2], "utf8"))
const namesOf = (list) => list?.all().map((each) => each.id()) ?? []
console.log(
  JSON.stringify({
    version: document?.version() ?? null,
    channels: namesOf(document?.allChannels()),
    operations: namesOf(document?.allOperations()),
    messages: document?.allMessages().all().length ?? 0,
    diagnostics: diagnostics.map(({ severity, code, path, message }) => ({
      severity,
      code,
      path: path.join("/"),
      message,
    })),
  }),
)
