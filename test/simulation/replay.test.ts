import { describe } from "vitest"
import { holds } from "./holds.ts"
import { replayRun } from "./replay-run.ts"

describe("replays", () => {
  holds({
    run: replayRun,
    file: "test/simulation/replay.test.ts",
    seeds: 60,
    seedsOnSqlite: 6,
    shares: [
      ["crashes", "processes"],
      ["opened", "asked"],
      ["cancelled", "jobs"],
    ],
  })
})
