import { describe as group, expect, it, vi } from "vitest"

import { planOf, platformSuite } from "./plan.ts"

vi.setConfig({ testTimeout: 60_000 })

const suite = platformSuite("the settings of a deploy")
const describe = suite.skip ? group.skip : group

/** What a deploy says where it refuses; null where it goes on. */
const refusalOf = (env: Record<string, string>): string | null => {
  try {
    planOf("test", env)
    return null
  } catch (error) {
    return (error as { stderr: string }).stderr
  }
}

describe(suite.title, () => {
  it.each([
    ["POSTHORN_POL_SECONDS", "POSTHORN_POL_SECONDS is not a setting: did you mean POSTHORN_POLL_SECONDS?"],
    ["POSTHORN_MOOD", "POSTHORN_MOOD is not a setting: take it out."],
    ["CONNECTSAFELY_BASEURL", "CONNECTSAFELY_BASEURL is not a setting: did you mean CONNECTSAFELY_BASE_URL?"],
  ])("a misspelt one stops it, in one sentence: %s", (name, sentence) => {
    const value = "https://not-shown.example"
    const refusal = refusalOf({ [name]: value })
    expect(refusal).toContain(sentence)
    expect(refusal).not.toContain(value)
  })

  it("those of tests and of the local runtime do not, nor those of other programs", () => {
    const others = {
      POSTHORN_TESTS_REQUIRED: "1",
      POSTHORN_SEEDS: "5",
      POSTHORN_DATA_DIR: "/var/lib/posthorn",
      POSTHORN_NOTHING: " ",
      CONNECTSAFELY_WEBHOOK_TOKEN: "of-another-program",
    }
    expect(refusalOf(others)).toBeNull()
  })
})
