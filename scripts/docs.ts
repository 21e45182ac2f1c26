// Writes the docs that would drift: `docs/settings.md` from the settings, `docs/events.md` from the catalogue, `docs/cost.md` from
// counted calls, the page at /docs from the routes, the events' JSON Schemas and the AsyncAPI document from the catalogue, the SDK's
// types of both. With `--check` only says which are out of date.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import path from "node:path"

import { eventSchemaFiles } from "@posthorn/api/event-json-schemas"
import { catalogue, isCoveredByStar } from "@posthorn/core/event"
import { settingsTable } from "@posthorn/core/settings"
import prettier from "prettier"

import { asyncApiDoc } from "./asyncapi.ts"
import { cliDoc } from "./cli-doc.ts"
import { costDoc } from "./cost.ts"
import { eventTypesDoc } from "./event-types.ts"
import { openApiTypesDoc } from "./openapi-types.ts"
import { referenceDoc } from "./reference.ts"

const settings = `# Settings

Environment variables, all optional. A bad value ends the start with a sentence that says what to write. Made from
\`packages/core/src/settings.ts\`.

| variable | what it sets | value | default |
|---|---|---|---|
${settingsTable
  .map((row) => `| \`${row.variable}\` | ${row.description} | ${row.write} | ${row.otherwise} |`)
  .join("\n")}
`

const STATIC = "packages/api/static"
const schemaFiles = eventSchemaFiles().map(
  ([file, schema]) => [`${STATIC}/${file}`, JSON.stringify(schema, null, 2)] as const,
)
const schemaLink = (name: string): string => `[${name}.json](../${STATIC}/schemas/${name}.json)`

const events = `# Events

The body of a webhook is \`{ id, type, timestamp, data }\`. Each type has a JSON Schema (draft 2020-12) with an example; a deployment
serves it at \`/schemas/<type>.json\`, without a key. \`/openapi.json\` has all of them, and \`/asyncapi.json\` with the channels that they go out by. Made from \`packages/core/src/event.ts\`.

| type | when | in \`["*"]\` | schema |
|---|---|---|---|
${Object.entries(catalogue)
  .map(
    ([type, { summary }]) =>
      `| \`${type}\` | ${summary} | ${isCoveredByStar(type) ? "yes" : "no"} | ${schemaLink(type)} |`,
  )
  .join("\n")}
| \`custom.*\` | An event of your own: \`POST /v1/events\`. \`data\` is any object. | no | ${schemaLink("custom")} |

Schemas are open: a field may be added, none renamed, dropped or retyped.
`

const check = process.argv.includes("--check")
let stale = false
for (const [file, text] of [
  ["docs/settings.md", settings],
  ["docs/events.md", events],
  costDoc,
  referenceDoc(),
  cliDoc(),
  await openApiTypesDoc(),
  await eventTypesDoc(),
  ...schemaFiles,
  asyncApiDoc,
] as const) {
  const config = await prettier.resolveConfig(file)
  const wanted = await prettier.format(text, { ...config, filepath: file })
  let current = ""
  try {
    current = readFileSync(file, "utf8")
  } catch {
    // Not there yet: stale.
  }
  if (current === wanted) continue
  stale = true
  if (check) console.error(`${file} is out of date: npm run check -- --fix`)
  else {
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, wanted)
  }
}
if (check && stale) process.exit(1)
