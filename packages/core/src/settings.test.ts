import { describe, expect, it } from "vitest"

import { SettingsError, nearest, settingsTable, toSettings } from "./settings.ts"

const problemsOf = (env: Record<string, string | undefined>): string[] => {
  try {
    toSettings(env)
  } catch (error) {
    if (error instanceof SettingsError) return error.problems
    throw error
  }
  return []
}

const key = Buffer.alloc(32, 7).toString("base64")

describe("toSettings", () => {
  it("needs nothing: an empty environment is the simulator on this machine", () => {
    expect(toSettings({})).toEqual({
      upstream: "simulator",
      connectsafelyApiKey: null,
      connectsafelyBaseUrl: "https://api.connectsafely.ai/linkedin",
      connectsafelyDialect: "auto",
      accountIds: null,
      adminKey: null,
      dataDir: ".posthorn",
      port: 4600,
      host: "127.0.0.1",
      pollSeconds: 2,
      requestsPerMinute: 600,
      allowPrivateUrls: true,
      retrySeconds: null,
      retentionDays: 30,
      encryptionKeys: null,
      hintSecret: null,
      logLevel: "info",
    })
  })

  it("polls the real upstream once a minute within 60 requests", () => {
    expect(toSettings({ CONNECTSAFELY_API_KEY: "cs-live-1" })).toMatchObject({
      upstream: "connectsafely",
      connectsafelyApiKey: "cs-live-1",
      pollSeconds: 60,
      requestsPerMinute: 60,
    })
  })

  it("reads every variable", () => {
    const settings = toSettings({
      CONNECTSAFELY_API_KEY: " cs-live-1\n",
      CONNECTSAFELY_BASE_URL: "http://127.0.0.1:4700/linkedin/",
      CONNECTSAFELY_DIALECT: "legacy",
      POSTHORN_ACCOUNT_IDS: "a1, b2,a1",
      POSTHORN_ADMIN_KEY: "phk_0123456789abcdef",
      POSTHORN_DATA_DIR: "data",
      PORT: "0",
      POSTHORN_HOST: "0.0.0.0",
      POSTHORN_POLL_SECONDS: "3600",
      POSTHORN_REQUESTS_PER_MINUTE: "120",
      POSTHORN_ALLOW_PRIVATE_URLS: "false",
      POSTHORN_RETRY_SECONDS: "0.05, 1,20",
      POSTHORN_RETENTION_DAYS: "7",
      POSTHORN_ENCRYPTION_KEY: `${key},${key}`,
      POSTHORN_HINT_SECRET: "a-hint-secret-of-enough",
      POSTHORN_LOG_LEVEL: "debug",
    })
    expect(settings).toEqual({
      upstream: "connectsafely",
      connectsafelyApiKey: "cs-live-1",
      connectsafelyBaseUrl: "http://127.0.0.1:4700/linkedin",
      connectsafelyDialect: "legacy",
      accountIds: ["a1", "b2"],
      adminKey: "phk_0123456789abcdef",
      dataDir: "data",
      port: 0,
      host: "0.0.0.0",
      pollSeconds: 3600,
      requestsPerMinute: 120,
      allowPrivateUrls: false,
      retrySeconds: [0.05, 1, 20],
      retentionDays: 7,
      encryptionKeys: [new Uint8Array(32).fill(7), new Uint8Array(32).fill(7)],
      hintSecret: "a-hint-secret-of-enough",
      logLevel: "debug",
    })
  })

  it("counts empty variables as absent, known or not", () => {
    const env = Object.fromEntries(settingsTable.map((row) => [row.variable, ""]))
    expect(toSettings({ ...env, POSTHORN_NOT_ONE: "" })).toEqual(toSettings({}))
  })

  it("says in one sentence what to write", () => {
    expect(problemsOf({ POSTHORN_POLL_SECONDS: "fast" })).toEqual([
      'POSTHORN_POLL_SECONDS is "fast": write a whole number of seconds from 1 to 3600, or leave it out for 60.',
    ])
  })

  it("names every bad variable at once", () => {
    const problems = problemsOf({ PORT: "http", POSTHORN_LOG_LEVEL: "loud", POSTHORN_RETENTION_DAYS: "7" })
    expect(problems).toHaveLength(2)
    expect(problems[0]).toMatch(/^PORT is "http"/)
    expect(problems[1]).toMatch(/^POSTHORN_LOG_LEVEL is "loud"/)
  })

  it.each([
    ["CONNECTSAFELY_API_KEY", ["two words", "k\u00e9y"]],
    [
      "CONNECTSAFELY_BASE_URL",
      ["api.connectsafely.ai", "ftp://a.example", "https://a.example/?x=1", "https://u:p@a.example"],
    ],
    ["CONNECTSAFELY_DIALECT", ["Legacy", "v2"]],
    ["POSTHORN_ACCOUNT_IDS", [",", "a,,b", "a b"]],
    ["POSTHORN_ADMIN_KEY", ["short", "sixteen letters with spaces"]],
    ["POSTHORN_DATA_DIR", ["a\0b"]],
    ["PORT", ["-1", "65536", "4600.5", "0x10", "1e3"]],
    ["POSTHORN_HOST", ["http://localhost", "a b"]],
    ["POSTHORN_POLL_SECONDS", ["0", "3601", "1.5", "-5", "99999999999999"]],
    ["POSTHORN_REQUESTS_PER_MINUTE", ["0", "6001"]],
    ["POSTHORN_ALLOW_PRIVATE_URLS", ["yes", "TRUE", "1"]],
    ["POSTHORN_RETRY_SECONDS", ["5;300", "-1", "700000", Array.from({ length: 30 }, () => "1").join(",")]],
    ["POSTHORN_RETENTION_DAYS", ["0", "forever"]],
    ["POSTHORN_ENCRYPTION_KEY", ["c2hvcnQ=", `${key},x`, `${key}${key}`]],
    ["POSTHORN_HINT_SECRET", ["short", "with a space in between"]],
    ["POSTHORN_LOG_LEVEL", ["verbose"]],
  ])("refuses a bad %s", (variable, values) => {
    for (const value of values) {
      const problems = problemsOf({ [variable]: value })
      expect(problems, value).toHaveLength(1)
      expect(problems[0]).toMatch(new RegExp(`^${variable} is .+: write .+, or leave it out for .+\\.$`, "s"))
    }
  })

  it.each([
    [{ POSTHORN_POL_SECONDS: "5" }, "POSTHORN_POL_SECONDS is not a setting: did you mean POSTHORN_POLL_SECONDS?"],
    [{ POSTHORN_PORT: "5" }, "POSTHORN_PORT is not a setting: did you mean PORT?"],
    [{ CONNECTSAFELY_APIKEY: "k" }, "CONNECTSAFELY_APIKEY is not a setting: did you mean CONNECTSAFELY_API_KEY?"],
    [{ POSTHORN_MOOD: "5" }, "POSTHORN_MOOD is not a setting: take it out."],
  ])("refuses an unknown variable: %o", (env, sentence) => {
    expect(problemsOf(env)).toEqual([sentence])
  })

  it("starts in a shell in which the command line was set up", () => {
    const ofConsumers = ["POSTHORN_URL", "POSTHORN_KEY", "POSTHORN_SECRET"]
    expect(problemsOf(Object.fromEntries(ofConsumers.map((name) => [name, "x"])))).toEqual([])
  })

  it("leaves other programs' variables alone", () => {
    expect(
      problemsOf({
        PATH: "/bin",
        HOME: "/root",
        CONNECTSAFELY_WEBHOOK_TOKEN: "x",
        CONNECTSAFELY_HOST: "x",
        npm_config_port: "1",
      }),
    ).toEqual([])
  })

  it("never shows a secret in a message, whichever variable it was written to", () => {
    const secret = "sk-very secret"
    const secrets = settingsTable.filter((row) => row.secret).map((row) => row.variable)
    expect(secrets).toHaveLength(4)
    for (const variable of secrets) expect(problemsOf({ [variable]: `${secret}\u00e9` }).join()).not.toContain("secret")
    expect(problemsOf({ POSTHORN_ENCRYPTION_KEYS: secret }).join()).not.toContain(secret)
    expect(problemsOf({ CONNECTSAFELY_API_KEY: "cs-live-1", CONNECTSAFELY_DIALECT: "cs-live-1" }).join()).not.toContain(
      "live",
    )
    expect(problemsOf({ CONNECTSAFELY_BASE_URL: "https://me:hunter2@a.example" }).join()).not.toContain("hunter2")
  })
})

describe("settingsTable", () => {
  it("describes every setting of the local runtime, once", () => {
    expect(settingsTable.map((row) => row.variable).toSorted()).toEqual(
      [
        ..."ACCOUNT_IDS ADMIN_KEY ALLOW_PRIVATE_URLS DATA_DIR ENCRYPTION_KEY HINT_SECRET HOST LOG_LEVEL".split(" "),
        ..."POLL_SECONDS REQUESTS_PER_MINUTE RETENTION_DAYS RETRY_SECONDS".split(" "),
      ]
        .map((name) => `POSTHORN_${name}`)
        .concat("CONNECTSAFELY_API_KEY", "CONNECTSAFELY_BASE_URL", "CONNECTSAFELY_DIALECT", "PORT")
        .toSorted(),
    )
    for (const row of settingsTable) expect(row.description.length).toBeGreaterThan(10)
  })
})

describe("nearest", () => {
  it.each([
    ["message.recieved", "message.received"],
    ["Message.Received", "message.received"],
    ["invoice.paid", null],
    ["x".repeat(10_000), null],
    ["", null],
  ])("%s -> %s", (word, meant) => {
    expect(nearest(word, ["message.sent", "message.received", "ping"])).toBe(meant)
  })
})
