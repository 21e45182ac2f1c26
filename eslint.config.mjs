import { existsSync } from "node:fs"
import path from "node:path"

import js from "@eslint/js"
import reactHooks from "eslint-plugin-react-hooks"
import { defineConfig } from "eslint/config"
import tseslint from "typescript-eslint"

const handedIn = "core gets time, chance and I/O through deps (see packages/core/src/ports.ts)"

/** Packages with a lock file of their own: without their dependencies nothing in them has a type. */
const notInstalled = ["packages/zapier"].filter(
  (folder) => !existsSync(path.join(import.meta.dirname, folder, "node_modules")),
)

export default defineConfig(
  {
    ignores: [
      "**/node_modules",
      "**/.posthorn",
      "**/.sst",
      "**/dist",
      "packages/api/static",
      "**/sst-env.d.ts",
      ...notInstalled,
    ],
  },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", ignoreRestSiblings: true }],
      "@typescript-eslint/require-await": "off",
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      eqeqeq: "error",
    },
  },
  {
    files: ["packages/core/src/**/*.ts"],
    ignores: ["**/*.test.ts", "**/test-*.ts"],
    rules: {
      "no-restricted-globals": [
        "error",
        ...[
          "setTimeout",
          "setInterval",
          "setImmediate",
          "queueMicrotask",
          "performance",
          "process",
          "fetch",
          "crypto",
        ].map((name) => ({ name, message: handedIn })),
      ],
      "no-restricted-properties": [
        "error",
        { object: "Date", property: "now", message: handedIn },
        { object: "Math", property: "random", message: handedIn },
        { object: "AbortSignal", property: "timeout", message: handedIn },
      ],
      "no-restricted-syntax": [
        "error",
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: handedIn },
        { selector: "CallExpression[callee.name='Date']", message: handedIn },
      ],
      "no-restricted-imports": [
        "error",
        {
          paths: [
            { name: "node:crypto", importNames: ["randomUUID", "randomBytes", "randomInt"], message: handedIn },
            ...["node:http", "node:https", "node:timers", "node:timers/promises", "node:fs"].map((name) => ({
              name,
              message: handedIn,
            })),
          ],
          patterns: [
            {
              group: ["@posthorn/*", "@aws-sdk/*", "hono", "hono/*"],
              message: "imports point towards core, never out of it",
            },
          ],
        },
      ],
    },
  },
  {
    files: ["packages/dashboard/src/**/*.{ts,tsx}"],
    extends: [reactHooks.configs.flat.recommended],
    rules: {
      "no-restricted-syntax": [
        "error",
        {
          selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']",
          message: "what is shown was written by strangers: text stays text",
        },
        {
          selector:
            "ImportDeclaration[importKind!='type'][source.value=/^@posthorn\\u002f(?!api\\u002fdashboard-paths)/]",
          message: "the page knows the API by its types and /v1; no code of the server belongs in a browser",
        },
      ],
    },
  },
  {
    files: ["packages/simulator/src/**/*.ts"],
    ignores: ["**/*.test.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            {
              group: ["@posthorn/*"],
              message: "the simulator shares no code with the client, so that they cannot err alike",
            },
          ],
        },
      ],
    },
  },
  {
    files: ["**/*.test.ts", "**/test-*.ts", "test/**/*.ts", "bench/**/*.ts"],
    rules: {
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/no-unnecessary-type-parameters": "off",
    },
  },
  {
    // Their types are SST's source, which is not on every machine; test/infra checks them where it is.
    files: ["sst.config.ts", "infra/**/*.ts"],
    extends: [tseslint.configs.disableTypeChecked],
    rules: { "@typescript-eslint/triple-slash-reference": "off" },
  },
  {
    // What a plan holds are the inputs of some thirty kinds of resource, as they come from JSON.
    files: ["test/infra/**/*.ts"],
    rules: Object.fromEntries(
      [
        "explicit-any",
        "unsafe-argument",
        "unsafe-assignment",
        "unsafe-call",
        "unsafe-member-access",
        "unsafe-return",
      ].map((rule) => [`@typescript-eslint/no-${rule}`, "off"]),
    ),
  },
  {
    files: ["**/*.mjs"],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { globals: { process: "readonly", console: "readonly", URL: "readonly", Buffer: "readonly" } },
  },
)
