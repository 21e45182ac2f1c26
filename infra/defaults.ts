import { logLevel, settings } from "./stage"

// One place for what every function gets.
$transform(sst.aws.Function, (args) => {
  args.runtime ??= "nodejs24.x"
  args.architecture ??= "arm64"
  args.memory ??= "512 MB"
  args.logging ??= { retention: "1 month", format: "json" }
  args.environment ??= { ...settings }
  // The plugins leave out what no handler uses (zod's locales, credentials from elsewhere): cold starts are paid for.
  args.nodejs ??= { minify: true, plugins: "packages/aws/esbuild-plugins.mjs" }
  args.transform = {
    ...args.transform,
    function: (fn) => {
      // Lambda drops lines below its own level, INFO if not told. Of its own it has to keep INFO: alarms count `platform.report`.
      fn.loggingConfig = $output(fn.loggingConfig).apply((config) => ({
        logFormat: "JSON",
        ...config,
        applicationLogLevel: logLevel.toUpperCase(),
        systemLogLevel: "INFO",
      }))
      return undefined
    },
  }
  // SST 4.17.1 lets the whole account assume every function's role, which only `sst dev` needs.
  if (!$dev)
    args.transform = {
      ...args.transform,
      role: (role) => {
        role.assumeRolePolicy = aws.iam.assumeRolePolicyForPrincipal({ Service: "lambda.amazonaws.com" })
        return undefined
      },
    }
})

// SST's links grant `dynamodb:*`, `sqs:*` and `events:*`. Ours grant nothing; each function says what it does (see grants.ts).
sst.Linkable.wrap(sst.aws.Dynamo, (table) => ({ properties: { name: table.name } }))
sst.Linkable.wrap(sst.aws.Queue, (queue) => ({ properties: { url: queue.url } }))
sst.Linkable.wrap(sst.aws.Bus, (bus) => ({ properties: { name: bus.name } }))
