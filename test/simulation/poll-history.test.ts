import { describe } from "vitest"
import { historyRun } from "./history-run.ts"
import { holds } from "./holds.ts"

describe("backfills and reconciliations amid polls", () => {
  holds({
    run: historyRun,
    file: "test/simulation/poll-history.test.ts",
    seeds: 200,
    seedsOnSqlite: 25,
    shares: [
      ["ended", "jobs"],
      ["backfilled", "events"],
      ["nights", "accounts"],
      ["ties", "messages"],
      ["late", "messages"],
      ["crashes", "polls"],
    ],
  })
})
