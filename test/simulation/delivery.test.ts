import { describe } from "vitest"
import { deliveryRun } from "./delivery-run.ts"
import { holds } from "./holds.ts"

describe("deliveries", () => {
  holds({
    run: deliveryRun,
    file: "test/simulation/delivery.test.ts",
    seeds: 300,
    seedsOnSqlite: 30,
    shares: [
      ["crashes", "processes"],
      ["repeats", "dials"],
      ["held", "deliveries"],
      ["exhausted", "deliveries"],
      ["probes", "dials"],
      ["ramped", "dials"],
      ["replays", "deliveries"],
    ],
  })
})
