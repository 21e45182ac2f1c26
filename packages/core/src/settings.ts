import * as z from "zod"

/**
 * Every setting of the local runtime: one table, from which both `toSettings` and the docs are made. Pure: the environment is
 * handed in. A message never shows the value of a secret, nor of a variable that nobody knows (it may be a misspelt secret).
 */

export class SettingsError extends Error {
  override name = "SettingsError"
  /** One sentence for each variable. */
  readonly problems: string[]

  constructor(problems: string[]) {
    super(problems.join("\n"))
    this.problems = problems
  }
}

interface Setting<Value> {
  variable: string
  description: string
  /** Completes "write …". */
  write: string
  /** Completes "or leave it out for …", and is the docs' column "default". */
  otherwise: string
  secret: boolean
  schema: z.ZodType<Value, string>
}

const setting = <Value>(row: Omit<Setting<Value>, "secret"> & { secret?: boolean }): Setting<Value> => ({
  secret: false,
  ...row,
})

export const DIALECT_CHOICES = ["auto", "legacy", "conversations"] as const
export const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const
/** A row keeps 30 attempts (ATTEMPTS_KEPT): so many waits at most. */
const RETRY_WAITS_MAX = 29
const RETRY_WAIT_SECONDS_MAX = 7 * 86_400
const ENCRYPTION_KEY_BYTES = 32
const ENCRYPTION_KEYS_MAX = 10
const ACCOUNT_IDS_MAX = 500

const whole = (from: number, to: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .refine((number) => number >= from && number <= to)
const parts = (text: string): string[] => text.split(",").map((part) => part.trim())
const list = <Item>(item: z.ZodType<Item, string>, max: number) =>
  z.string().transform(parts).pipe(z.array(item).min(1).max(max))
const toBytes = (base64: string): Uint8Array => Uint8Array.from(Buffer.from(base64, "base64"))

const seconds = z
  .string()
  .regex(/^\d{1,6}(\.\d{1,3})?$/)
  .transform(Number)
  .refine((number) => number <= RETRY_WAIT_SECONDS_MAX)
/** Without credentials: an address is shown in logs and messages. */
const isPlainAddress = (text: string): boolean => {
  const url = URL.parse(text)
  return (
    url !== null &&
    /^https?:$/.test(url.protocol) &&
    [url.username, url.password, url.search, url.hash].every((part) => part === "")
  )
}

const table = {
  connectsafelyApiKey: setting({
    variable: "CONNECTSAFELY_API_KEY",
    description: "The key for ConnectSafely's API. Without it a built-in simulator plays a few lively conversations.",
    write: "the API key as ConnectSafely shows it, without spaces",
    otherwise: "the simulator",
    secret: true,
    schema: z.string().regex(/^[\x21-\x7e]{1,500}$/),
  }),
  connectsafelyBaseUrl: setting({
    variable: "CONNECTSAFELY_BASE_URL",
    description: "Where ConnectSafely's API is.",
    write: "an http or https address without user name, query or fragment",
    otherwise: "https://api.connectsafely.ai/linkedin",
    schema: z
      .string()
      .refine(isPlainAddress)
      .transform((text) => text.replace(/\/+$/, "")),
  }),
  connectsafelyDialect: setting({
    variable: "CONNECTSAFELY_DIALECT",
    description: "Which of upstream's two dialects to speak; `auto` finds out.",
    write: "one of auto, legacy and conversations",
    otherwise: "auto",
    schema: z.enum(DIALECT_CHOICES),
  }),
  accountIds: setting({
    variable: "POSTHORN_ACCOUNT_IDS",
    description: "The accounts to poll.",
    write: `up to ${String(ACCOUNT_IDS_MAX)} account ids with commas between them`,
    otherwise: "all accounts that the key shows",
    schema: list(z.string().regex(/^[\w-]{1,100}$/), ACCOUNT_IDS_MAX).transform((ids) => [...new Set(ids)]),
  }),
  adminKey: setting({
    variable: "POSTHORN_ADMIN_KEY",
    description: "The key that may do everything in Posthorn's own API.",
    write: "16 to 200 letters, digits or any of - . _ ~ + / =",
    otherwise: "one that is made at first start, kept in the data directory and printed",
    secret: true,
    schema: z.string().regex(/^[\w.~+/=-]{16,200}$/),
  }),
  dataDir: setting({
    variable: "POSTHORN_DATA_DIR",
    description: "Where everything is kept.",
    write: "the path of a directory",
    otherwise: ".posthorn",
    schema: z.string().refine((path) => path.trim() !== "" && !path.includes("\0")),
  }),
  port: setting({
    variable: "PORT",
    description: "The port of the API and the dashboard; 0 takes any free one.",
    write: "a whole number from 0 to 65535",
    otherwise: "4600",
    schema: whole(0, 65_535),
  }),
  host: setting({
    variable: "POSTHORN_HOST",
    description: "The address to listen on. Anything but this machine's own is warned of.",
    write: "a host name or an IP address",
    otherwise: "127.0.0.1",
    schema: z.string().regex(/^[\w.:-]{1,253}$/),
  }),
  pollSeconds: setting({
    variable: "POSTHORN_POLL_SECONDS",
    description: "How often an account is polled. Against the simulator the default is 2.",
    write: "a whole number of seconds from 1 to 3600",
    otherwise: "60",
    schema: whole(1, 3_600),
  }),
  requestsPerMinute: setting({
    variable: "POSTHORN_REQUESTS_PER_MINUTE",
    description:
      "Requests to upstream, shared by all accounts of the key; halved by 429s and slowly regained. Against the simulator the default is 600.",
    write: "a whole number from 1 to 6000",
    otherwise: "60",
    schema: whole(1, 6_000),
  }),
  allowPrivateUrls: setting({
    variable: "POSTHORN_ALLOW_PRIVATE_URLS",
    description:
      "Whether endpoints may be on this machine or a private network, and speak plain http. Link-local, metadata and other special addresses are refused either way.",
    write: "true or false",
    otherwise: "true",
    schema: z.enum(["true", "false"]).transform((text) => text === "true"),
  }),
  retrySeconds: setting({
    variable: "POSTHORN_RETRY_SECONDS",
    description: "Waits between attempts, in place of the schedule: n waits make n + 1 attempts.",
    write: `1 to ${String(RETRY_WAITS_MAX)} waits in seconds with commas between them, like 5,300,1800`,
    otherwise: "5 s, 5 m, 30 m, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h",
    schema: list(seconds, RETRY_WAITS_MAX),
  }),
  retentionDays: setting({
    variable: "POSTHORN_RETENTION_DAYS",
    description: "How long events and finished deliveries are kept.",
    write: "a whole number of days from 1 to 3650",
    otherwise: "30",
    schema: whole(1, 3_650),
  }),
  encryptionKeys: setting({
    variable: "POSTHORN_ENCRYPTION_KEY",
    description: "Keys for what is encrypted at rest. The first encrypts, all decrypt.",
    write: `${String(ENCRYPTION_KEY_BYTES)} bytes in base64, or several such keys with commas between them`,
    otherwise: "one that is made at first start and kept in the data directory",
    secret: true,
    schema: list(
      z
        .string()
        .regex(/^[\w+/-]{43}=?$/)
        .transform(toBytes)
        .refine((bytes) => bytes.length === ENCRYPTION_KEY_BYTES),
      ENCRYPTION_KEYS_MAX,
    ),
  }),
  hintSecret: setting({
    variable: "POSTHORN_HINT_SECRET",
    description: "Lets ConnectSafely's native webhook ask for a poll. Without it that route is 404.",
    write: "16 to 500 characters without spaces",
    otherwise: "no such route",
    secret: true,
    schema: z.string().regex(/^[\x21-\x7e]{16,500}$/),
  }),
  logLevel: setting({
    variable: "POSTHORN_LOG_LEVEL",
    description: "How much is logged.",
    write: `one of ${LOG_LEVELS.join(", ")}`,
    otherwise: "info",
    schema: z.enum(LOG_LEVELS),
  }),
}

type Table = typeof table
type Given = { [Key in keyof Table]: z.output<Table[Key]["schema"]> | null }

/** For the docs: every variable in the order in which they are best read. */
export const settingsTable: readonly Omit<Setting<unknown>, "schema">[] = Object.values(table).map(
  ({ schema: _schema, ...row }) => row,
)

/** What a runtime goes by. Null: there is nothing that could stand in for it here (see each setting's `otherwise`). */
export interface Settings {
  upstream: "connectsafely" | "simulator"
  connectsafelyApiKey: string | null
  connectsafelyBaseUrl: string
  connectsafelyDialect: (typeof DIALECT_CHOICES)[number]
  accountIds: string[] | null
  adminKey: string | null
  dataDir: string
  port: number
  host: string
  pollSeconds: number
  requestsPerMinute: number
  allowPrivateUrls: boolean
  retrySeconds: number[] | null
  retentionDays: number
  encryptionKeys: Uint8Array[] | null
  hintSecret: string | null
  logLevel: (typeof LOG_LEVELS)[number]
}

type Environment = Record<string, string | undefined>

/** The settings that an environment asks for. Empty variables count as absent. Throws a SettingsError that names every bad one. */
export const toSettings = (env: Environment): Settings => {
  const problems: string[] = []
  const secrets = Object.values(table).flatMap((row) => (row.secret ? [textOf(env, row.variable)] : []))
  const read = <Value>(row: Setting<Value>): Value | null => {
    const text = textOf(env, row.variable)
    if (text === "") return null
    const result = row.schema.safeParse(text)
    if (result.success) return result.data
    problems.push(
      `${row.variable} is ${shown(text, secrets)}: write ${row.write}, or leave it out for ${row.otherwise}.`,
    )
    return null
  }
  const given = Object.fromEntries(Object.entries(table).map(([key, row]) => [key, read<unknown>(row)])) as Given
  problems.push(...unknownVariables(env))
  if (problems.length > 0) throw new SettingsError(problems)

  const simulated = given.connectsafelyApiKey === null
  return {
    ...given,
    upstream: simulated ? "simulator" : "connectsafely",
    connectsafelyBaseUrl: given.connectsafelyBaseUrl ?? table.connectsafelyBaseUrl.otherwise,
    connectsafelyDialect: given.connectsafelyDialect ?? "auto",
    dataDir: given.dataDir ?? table.dataDir.otherwise,
    port: given.port ?? 4_600,
    host: given.host ?? table.host.otherwise,
    pollSeconds: given.pollSeconds ?? (simulated ? 2 : 60),
    requestsPerMinute: given.requestsPerMinute ?? (simulated ? 600 : 60),
    allowPrivateUrls: given.allowPrivateUrls ?? true,
    retentionDays: given.retentionDays ?? 30,
    logLevel: given.logLevel ?? "info",
  }
}

const SHOWN_MAX = 60

/** A value as a message may show it: no secret, in its own variable or a wrong one, and no address that may have a password in it. */
const shown = (text: string, secrets: string[]): string => {
  if (text.includes("@") || secrets.some((secret) => secret !== "" && text.includes(secret))) return "not valid"
  return text.length > SHOWN_MAX ? `${JSON.stringify(text.slice(0, SHOWN_MAX))}…` : JSON.stringify(text)
}

/** What the command line and the SDK's examples read (docs/cli.md): a shell in which they are set may start the relay too. */
const OF_CONSUMERS = ["POSTHORN_URL", "POSTHORN_KEY", "POSTHORN_SECRET"]

/**
 * `POSTHORN_*` is ours alone, so that a variable we do not know is a mistake. `CONNECTSAFELY_*` may be set for another program:
 * there only what looks like one of ours is refused, since a misspelt key would quietly start the simulator.
 */
const unknownVariables = (env: Environment): string[] => {
  const known = Object.values(table).map((row) => row.variable)
  return Object.keys(env).flatMap((variable) => {
    const ours = variable.startsWith("POSTHORN_")
    if (!(ours || variable.startsWith("CONNECTSAFELY_")) || textOf(env, variable) === "") return []
    if (known.includes(variable) || OF_CONSUMERS.includes(variable)) return []
    const candidates = known.filter((name) => ours || name.startsWith("CONNECTSAFELY_"))
    const bare = nearest(withoutPrefix(variable), candidates.map(withoutPrefix))
    const meant = candidates.find((name) => withoutPrefix(name) === bare)
    if (meant !== undefined) return [`${variable} is not a setting: did you mean ${meant}?`]
    return ours ? [`${variable} is not a setting: take it out.`] : []
  })
}

const textOf = (env: Environment, variable: string): string => (env[variable] ?? "").trim()

/** What is misspelt is compared without what all names share, or every short name would be near every other. */
const withoutPrefix = (variable: string): string => variable.replace(/^(POSTHORN|CONNECTSAFELY)_/, "")

/** The candidate that is at most a third of the word's letters away from it, or null: for "did you mean". */
export const nearest = (word: string, candidates: readonly string[]): string | null => {
  if (word.length > NEAREST_LENGTH_MAX) return null
  let best: string | null = null
  let least = Math.floor(word.length / 3) + 1
  for (const candidate of candidates) {
    const distance = distanceOf(word.toLowerCase(), candidate.toLowerCase())
    if (distance < least) [best, least] = [candidate, distance]
  }
  return best
}

/** Longer words are no misspelling of anything here, and the distance takes time by the square. */
const NEAREST_LENGTH_MAX = 60

/** Levenshtein's: letters to add, drop or replace. */
const distanceOf = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
