import { defineConfig } from "vitest/config"

/** Real browsers, builds, n8n and other runtimes want the machine for themselves: these projects come behind all others. */
const HEAVY = { testTimeout: 90_000, sequence: { groupOrder: 1 } }
/** Many files that leave nothing behind: a worker loads the code once for all of them, not once for each. */
const LIGHT = { isolate: false }

const project = (
  name: string,
  include: string[],
  globalSetup: string[] = [],
  more: Partial<typeof HEAVY & typeof LIGHT> = {},
) => ({
  test: { name, include, globalSetup, environment: "node", testTimeout: 20_000, hookTimeout: 20_000, ...more },
})

export default defineConfig({
  test: {
    // As many as there are cores: most of the long suites wait for an emulator or a real process.
    maxWorkers: "100%",
    projects: [
      project("unit", ["packages/*/src/**/*.test.ts", "scripts/**/*.test.ts"], [], LIGHT),
      project("contract", ["test/contract/**/*.test.ts"]),
      project("flow", ["test/flow/**/*.test.ts"], [], LIGHT),
      project("recipes", ["test/recipes/**/*.test.ts"]),
      project("simulation", ["test/simulation/**/*.test.ts"], [], LIGHT),
      project("aws", ["test/aws/**/*.test.ts"], ["test/infra/global-plan.ts"]),
      project("infra", ["test/infra/**/*.test.ts"]),
      project("n8n", ["test/n8n/**/*.test.ts"], ["test/n8n/global-folder.ts"], HEAVY),
      project("packages", ["test/packages/**/*.test.ts"], [], HEAVY),
      project("kill", ["test/kill/**/*.test.ts"]),
      project("dashboard", ["test/dashboard/**/*.test.ts"], ["test/dashboard/build.ts"], HEAVY),
    ],
  },
})
