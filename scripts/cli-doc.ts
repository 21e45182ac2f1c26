import { leaves, createProgram, helpOf } from "../packages/cli/src/program.ts"

const intro = `# Command line

Asks your own deployment and nothing else. From this repository:

\`\`\`sh
npm start                                            # prints the address and the first key
export POSTHORN_KEY=phk_…
npm run posthorn -- listen --forward http://localhost:3000/hook
npm run posthorn -- doctor
\`\`\`

Elsewhere, with Node 22.13 or later: \`npm pack -w packages/cli\` makes a tarball of one file without dependencies; after
\`npm install --global posthorn-cli-….tgz\` it is \`posthorn\`, as below.

| setting | flag | default |
|---|---|---|
| \`POSTHORN_URL\` | \`--url\` | \`http://127.0.0.1:4600\` |
| \`POSTHORN_KEY\`, else \`POSTHORN_ADMIN_KEY\` | \`--key\` | none: it has to be there |
| \`POSTHORN_SECRET\` | \`listen --secret\` | made for the run, and printed |

A key shows in no output. \`http://\` to another machine is refused, since it would send the key unencrypted; \`--allow-http\` is for a
network of your own. Reading takes a key of scope \`read\`; \`listen\`, \`events\` and \`doctor\` without \`--ping\` need no more.

With \`--json\` each line of standard output is one JSON object: the API's own, or as below. What is said about the work goes to standard
error, as \`{"note": …}\`; so does a failure, as \`{"error": {"message": …, "code": …}}\`. Colours are for terminals, and for none where
\`NO_COLOR\` is set.

| ends with | when |
|---|---|
| 0 | done; \`listen\` and \`events tail\` after Ctrl-C too |
| 1 | it came out badly: doctor found something wrong, a job or a test delivery failed, an event was left behind, another run is at the place |
| 2 | the command line or a setting cannot be used |
| 3 | the deployment cannot be reached, or does not answer as one |
| 4 | the deployment refuses: the key, the id, the input |
| 130 | Ctrl-C, elsewhere |

## What \`listen\` promises

It pulls every event that the deployment publishes, of all accounts and types ([consuming.md](consuming.md)), and POSTs those that
\`--type\` names, signed as a deployment signs ([Standard Webhooks](https://www.standardwebhooks.com)), in the format \`standard\`. An endpoint's
filter, format and rate play no part.

- **Nothing goes past an event that the receiver did not take.** 2xx within 15 s is taken; anything else, redirects too, is sent again after
  1 s, then at doubling intervals up to 30 s, or later where the \`Retry-After\` of a 429 or 503 says so, in seconds or as a date, up to a day
  as a deployment would (a new run tries at once). 410 ends it. With \`--skip-failed\` an event is left behind after three tries, and the run
  ends with 1.
- **Where it stopped, it goes on.** After each event its place is written to a file of its own per deployment, receiver and selection
  (\`--type\`; order and repeats in it do not matter), under \`$XDG_STATE_HOME/posthorn\` (else \`~/.local/state/posthorn\`). So what one
  selection is stuck at is passed over by no other. The first run for a receiver begins at \`now\`; \`--from\` begins elsewhere: \`start\`,
  \`now\`, a bookmark, an event's id, or the path of another place.
- **At least once.** What was sent and not yet written down when the process died comes again, with the same \`webhook-id\`. Selections that
  share types each deliver them.
- **One run at a time is at a place.** A second is refused and told the first one's pid; two at once take a \`--state\` each, and each sends
  everything. The lock is the operating system's and ends with the process, also by kill -9; its file, \`….lock\`, stays. \`--state\` wants a
  disk of this machine.
- **A place is held against the deployment.** Where that does not know the last event of the run before (a data directory that was deleted,
  or retention), everything that is kept comes.
- Ctrl-C finishes the exchange that is under way; a second one does not. A deployment that goes away is waited for.

**Another \`--type\`** without a place of its own begins at the earliest of those that other selections for this receiver have, if they share
types with it, and says so: nothing is lost that the receiver was to have, and what they delivered behind that place comes again. Where none
shares any, it begins now. From then on each has a place of its own: whoever goes back to the earlier selection gets again what the other had
meanwhile. \`--from\` overrides; places that \`--state\` names are not looked at. The file of a selection that nobody runs any more may be deleted.

**\`--state FILE\`** belongs to the deployment, receiver and types that it was first used with; any others are refused, also with \`--from\`, since
they would write over its place; so is a file that is no place, or a later version's. \`--state OTHER --from FILE\` begins a new one where it stands. A file of an earlier version, which knew no
selections, is taken up: as the place of whichever run names it with \`--state\`, and without \`--state\` as that of an earlier run for any types.

With \`--json\` the first line is \`{"listening": {"deployment", "forward", "types", "from", "state", "secret"}}\`, each other one a try:
\`{"event", "attempt", "outcome": "delivered" | "failed", "status", "durationMs", "error", "bookmark"}\`, with the bookmark where it went past the
event. Such a bookmark is for \`--from\` and the SDK's \`catchUp\`: it marks an event, where the API's own marks a page.

## What \`doctor\` looks at

| check | what |
|---|---|
| \`deployment\`, \`key\` | it answers, as a deployment; the key is one of it, with these scopes |
| \`clock\` | this machine's against the \`Date\` of the deployment and of ConnectSafely: 10 s are noticed, 5 minutes are wrong, since receivers refuse such webhooks |
| \`upstream\` | what the deployment polls; with \`CONNECTSAFELY_API_KEY\` in the environment, whether ConnectSafely takes that key, asked directly (at \`CONNECTSAFELY_BASE_URL\`) |
| \`accounts\`, \`dialect\` | each account's health, and in which of its two dialects ConnectSafely answers |
| \`limits\` | whether the requests suffice for the accounts, by what the deployment says; with the key, the limit that ConnectSafely's headers name |
| \`endpoints\` | each one's state, how the last day's attempts went, what used up its attempts |
| \`ping\` | with \`--ping\`: a test event to each enabled endpoint, followed to its answer |

With \`--json\` a line is \`{"check", "level": "ok" | "warn" | "fail", "message", "fix"}\`. One \`fail\` makes it end with 1.

## Commands

Made from their \`--help\`.
`

/** For scripts/docs.ts: the words above, and what each command says of itself. */
export const cliDoc = () => {
  const commands = leaves(createProgram()).map(
    ({ words, command }) => `### ${words.join(" ")}\n\n\`\`\`text\n${helpOf(command).trimEnd()}\n\`\`\`\n`,
  )
  return ["docs/cli.md", [intro, ...commands].join("\n")] as const
}
