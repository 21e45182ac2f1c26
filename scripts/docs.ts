// Writes the docs that would drift: `docs/settings.md` from the settings, `docs/events.md` from the catalogue, `docs/cost.md` from
// counted calls, the page at /docs from the routes. With `--check` only says which are out of date.
import { readFileSync, writeFileSync } from "node:fs"

import { catalogue, isCoveredByStar } from "@posthorn/core/event"
import { settingsTable } from "@posthorn/core/settings"
import prettier from "prettier"

import { costDoc } from "./cost.ts"
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

const events = `# Events

The body of a webhook is \`{ id, type, timestamp, data }\`. \`/openapi.json\` has the schema of every type. Made from
\`packages/core/src/event.ts\`.

| type | when | in \`["*"]\` |
|---|---|---|
${Object.entries(catalogue)
  .map(([type, { summary }]) => `| \`${type}\` | ${summary} | ${isCoveredByStar(type) ? "yes" : "no"} |`)
  .join("\n")}
`

const check = process.argv.includes("--check")
let stale = false
for (const [file, text] of [
  ["docs/settings.md", settings],
  ["docs/events.md", events],
  costDoc,
  referenceDoc(),
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
  else writeFileSync(file, wanted)
}
if (check && stale) process.exit(1)
