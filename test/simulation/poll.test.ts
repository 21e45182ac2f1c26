import { describe } from "vitest"
import { holds } from "./holds.ts"
import { pollRun } from "./poll-run.ts"

describe("polls", () => {
  holds({
    run: pollRun,
    file: "test/simulation/poll.test.ts",
    seeds: 250,
    seedsOnSqlite: 30,
    shares: [
      ["ties", "messages"],
      ["late", "messages"],
      ["own", "messages"],
      ["crashes", "polls"],
    ],
  })
})
