/** Breaks in the code, each of which some test must notice: a rule that no test holds is a rule that the next change removes. */
export interface Mutation {
  name: string
  file: string
  from: string
  to: string
  /** The tests that must turn red: files or folders. */
  tests: string[]
}

const core = (file: string): string => `packages/core/src/${file}`
const poll = [core("poll")]
const delivery = [core("delivery/plan.test.ts"), core("delivery/deliver.test.ts")]
const crashes = ["test/simulation/poll.test.ts"]

export const mutations: Mutation[] = [
  {
    name: "floor ignored: what was forgotten is new again",
    file: core("poll/diff.ts"),
    from: "      if (message.sentAt <= checkpoint.floor) continue\n",
    to: "",
    tests: poll,
  },
  {
    name: "> for >=: the message at the baseline itself is told",
    file: core("poll/diff.ts"),
    from: "message.sentAt <= checkpoint.floor",
    to: "message.sentAt < checkpoint.floor",
    tests: poll,
  },
  {
    name: "ids of one instant torn apart",
    file: core("poll/remember.ts"),
    from: "known.filter((message) => message.sentAt > floor)",
    to: "known.slice(drop)",
    tests: poll,
  },
  {
    name: "no overlap: what comes in late is lost",
    file: core("poll/remember.ts"),
    from: "(checkpoint.known.at(-1)?.sentAt ?? 0) - KNOWN_SPAN_MS",
    to: "checkpoint.known.at(-1)?.sentAt ?? 0",
    tests: poll,
  },
  {
    name: "checkpoint before append",
    file: core("poll/append.ts"),
    from: "  let checkpoint = found.checkpoint\n",
    to: "  let checkpoint = found.checkpoint\n  await deps.store.putCheckpoint(account.id, { ...checkpoint, glimpse: found.glimpse }, found.storedUpto)\n",
    tests: crashes,
  },
  {
    name: "publish before append",
    file: core("poll/append.ts"),
    from: "    if (!(await deps.store.appendEvent(row))) throw new LostRace()\n",
    to: "    await deps.bus.publish([row])\n    if (!(await deps.store.appendEvent(row))) throw new LostRace()\n",
    tests: crashes,
  },
  {
    name: "append at a position that is taken",
    file: core("poll/append.ts"),
    from: "if (!(await deps.store.appendEvent(row))) throw new LostRace()",
    to: "await deps.store.appendEvent(row)",
    tests: crashes,
  },
  {
    name: "published moved past a failed entry",
    file: core("log/publish.ts"),
    from: "return batch.indexOf(stuck)",
    to: "return batch.length",
    tests: [core("poll/poll.test.ts")],
  },
  {
    name: "appended rows of a crashed poll not folded",
    file: core("poll/recover.ts"),
    from: "for (const [conversationId, rows] of conversations) await foldInto(account, conversationId, rows, progress, deps)",
    to: "void foldInto; void conversations",
    tests: crashes,
  },
  {
    name: "a number of a sequence given out twice",
    file: core("poll/fold.ts"),
    from: "{ ...checkpoint.sequences, [row.event.type]: row.sequence }",
    to: "checkpoint.sequences",
    tests: poll,
  },
  {
    name: "id from the full URN, which is another in every mailbox",
    file: core("upstream/normalize.ts"),
    from: "    if (id !== null) return id\n",
    to: "    if (id !== null) return name\n",
    tests: [core("upstream")],
  },
  {
    name: "direction by name",
    file: core("upstream/direction.ts"),
    from: 'if (sender === null || owner === null) return "unknown"',
    to: 'if (sender !== null && "name" in sender) return sender.name === "Owner Example" ? "outbound" : "inbound"\n  if (sender === null || owner === null) return "unknown"',
    tests: [core("upstream")],
  },
  {
    name: "an answer for another account believed",
    file: core("poll/list.ts"),
    from: "answer.accountId !== null && answer.accountId !== account.id",
    to: 'answer.accountId === ""',
    tests: poll,
  },
  {
    name: "no claim: two workers dial one attempt",
    file: core("delivery/deliver.ts"),
    from: "if (await store.putDelivery(decision.row, row?.version ?? null)) {",
    to: 'if ((await store.putDelivery(decision.row, row?.version ?? null)) || decision.kind === "claim") {',
    tests: delivery,
  },
  {
    name: "a message deleted while another's claim lives",
    file: core("delivery/plan.ts"),
    from: 'return { kind: "again", at: row.claim.until }',
    to: 'return { kind: "delete" }',
    tests: delivery,
  },
  {
    name: "a lost claim lets its message go",
    file: core("delivery/attempt.ts"),
    from: 'return { kind: "again", at: deps.clock.now() + DUE_GRACE_MS }',
    to: 'return { kind: "delete" }',
    tests: delivery,
  },
  {
    name: "a claim on a retry drops the due entry",
    file: core("delivery/plan.ts"),
    from: 'claimed(open, input, { kind: "due", at: now + CLAIM_MS + DUE_GRACE_MS })',
    to: "claimed(open, input, null)",
    tests: delivery,
  },
  {
    name: "an exhausted delivery that nobody tells of",
    file: core("delivery/sweep.ts"),
    from: "if (isFinished(row.status)) await tellExhausted(row, deps)",
    to: "if (isFinished(row.status)) continue",
    tests: delivery,
  },
  {
    name: "an old endpoint's settings dialled",
    file: core("delivery/attempt.ts"),
    from: "clock.now() - at > ENDPOINT_AGE_MAX_MS",
    to: "clock.now() - at > 1e9",
    tests: delivery,
  },
  {
    name: "a baseline drawn back",
    file: core("poll/baseline.ts"),
    from: "stored.baseline < line",
    to: "stored.baseline !== line",
    tests: poll,
  },
  {
    name: "an exhausted delivery opened before that was told",
    file: core("delivery/retry.ts"),
    from: 'row.status === "exhausted" && row.work?.kind === "due"',
    to: 'row.status === "exhausted" && row.work === null',
    tests: delivery,
  },
  {
    name: "an old URL's 410 ends the delivery to the new one",
    file: core("delivery/attempt.ts"),
    from: "if (!isGone) return",
    to: "if (deps.random() < 0) return",
    tests: delivery,
  },
  {
    name: "secrets kept in an attempt",
    file: core("delivery/redact.ts"),
    from: "  if (text.length < VALUE_LENGTH_MIN) return text\n",
    to: "  if (text.length >= 0) return text\n",
    tests: [core("delivery/redact.test.ts"), core("delivery/send.test.ts")],
  },
  {
    name: "the address connected to not judged",
    file: core("delivery/guard.ts"),
    from: "export const judgeAddress = (",
    to: 'export const judgeAddress = (..._: unknown[]): "allowed" | "refused" => "allowed"\nexport const unused = (',
    tests: [core("delivery/guard.test.ts")],
  },
  {
    name: "the signature without its timestamp",
    file: core("delivery/sign.ts"),
    from: "const head = `${eventId}.${String(timestamp)}.`",
    to: "const head = `${eventId}.`",
    tests: [core("delivery/sign.test.ts")],
  },
]
