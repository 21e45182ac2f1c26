// `npm run --silent plan -- --stage <stage>` prints, as JSON, every resource that a deploy of the stage would ask AWS for. It runs
// sst.config.ts with SST's own component code on Pulumi's mocks: no AWS account, no Pulumi command. Plain JavaScript, since what
// it touches of both is untyped. The environment counts as it does in a deploy (ALERT_EMAIL, settings, SST_SECRET_<name>).
// `--app <folder>` plans another app than Posthorn, with the same SST.
import crypto from "node:crypto"
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import { createRequire } from "node:module"
import { join, relative, resolve } from "node:path"
import { pathToFileURL } from "node:url"
import { parseArgs } from "node:util"

import { bringSstPlatform } from "./sst-platform.ts"

const { values: options } = parseArgs({
  options: {
    stage: { type: "string", default: "test" },
    app: { type: "string", default: "." },
    "without-secret": { type: "string" },
  },
})
const { stage } = options
const region = "eu-west-1"
const account = "123456789012"
const root = resolve(import.meta.dirname, "..")
const project = resolve(root, options.app)
const platform = bringSstPlatform()
const work = join(root, ".sst/plan", String(process.pid))
const outfile = join(platform, `plan.${process.pid}.mjs`)
const require = createRequire(join(platform, "package.json"))
const esbuild = require("esbuild")
const pulumi = require("@pulumi/pulumi")
const { MockMonitor } = require("@pulumi/pulumi/runtime/mocks")

const fail = (error) => {
  console.error(error)
  process.exit(1)
}
process.on("unhandledRejection", fail).on("uncaughtException", fail)
process.on("exit", () => {
  rmSync(outfile, { force: true })
  rmSync(work, { force: true, recursive: true })
})
crypto.randomBytes = (size) => Buffer.alloc(size) // the suffix of every physical name
// A plan needs no real secrets. `--without-secret <name>` shows what a deploy does where one has not been set.
for (const name of ["AdminKey", "EncryptionKey"])
  if (name !== options["without-secret"]) process.env[`SST_SECRET_${name}`] ??= "a secret"
process.chdir(project)

// 1. Bundle the configuration: `sst` and `aws` are imports of every file, `$app` and its like are globals.
const globals = `import * as aws from "@pulumi/aws"; import * as sst from "${platform}/src/components";\n`
await esbuild.build({
  stdin: {
    contents: `import { run } from "${platform}/src/auto/run.ts"; import config from "./sst.config.ts";
      export const app = config.app; export const program = () => run(config.run);`,
    resolveDir: project,
    loader: "ts",
  },
  inject: [join(platform, "src/shim/run.js")],
  banner: { js: `import { createRequire as cr } from "module"; const require = cr(import.meta.url);` },
  bundle: true,
  format: "esm",
  platform: "node",
  mainFields: ["module", "main"],
  sourcemap: "inline",
  outfile,
  logLevel: "error",
  nodePaths: [join(platform, "node_modules")],
  external: ["@pulumi/*", "@pulumiverse/*", "@aws-sdk/*", "archiver", "esbuild", "glob", "undici", "vite"],
  plugins: [
    {
      name: "globals",
      setup: (build) =>
        build.onLoad({ filter: /\.ts$/ }, ({ path }) =>
          path.startsWith(platform) ? undefined : { contents: globals + readFileSync(path, "utf8"), loader: "ts" },
        ),
    },
  ],
})

// 2. Answer what the components ask of the SST CLI; bundle each handler for real.
const functions = {}
const rpc = {
  "Provider.Aws.Bootstrap": () => ({ asset: "sst-asset", state: "sst-state" }),
  "Runtime.Build": async ({ functionID, handler, links, copyFiles, properties }) => {
    const bundling = { minify: properties?.minify ?? false, plugins: properties?.plugins ?? null }
    const out = join(work, "artifacts", `${functionID}-src`)
    const [file, name] = handler.split(/\.(?=[^./]+$)/)
    const { metafile, outputFiles } = await esbuild.build({
      entryPoints: [join(project, `${file}.ts`)],
      bundle: true,
      format: "esm",
      platform: "node",
      metafile: true,
      write: false,
      outdir: out,
      logLevel: "silent",
      plugins: bundling.plugins === null ? [] : (await import(pathToFileURL(join(project, bundling.plugins)))).default,
    })
    if (!Object.values(metafile.outputs)[0].exports.includes(name)) throw new Error(`${handler}: no such export`)
    const uses = [...outputFiles[0].text.matchAll(/\bResource\d*\.([A-Z]\w*)/g)].map((match) => match[1])
    const copied = copyFiles.map(({ from, to }) => ({ from: relative(project, from), to }))
    functions[functionID] = {
      handler,
      links: Object.keys(links).sort(),
      uses: [...new Set(uses)].sort(),
      bundling,
      copied,
    }
    mkdirSync(out, { recursive: true })
    writeFileSync(join(out, "bundle.mjs"), "")
    return { handler: `bundle.${name}`, out, errors: [], sourcemaps: [] }
  },
}
const server = createServer(async (req, res) => {
  const { method, params } = JSON.parse((await req.toArray()).join(""))
  const answer = rpc[method] ?? (() => fail(`plan.mjs has no answer for ${method}`))
  const reply = await Promise.resolve(params[0])
    .then(answer)
    .then(
      (result) => ({ result }),
      (error) => ({ error: String(error.message) }),
    )
  res.setHeader("connection", "close").end(JSON.stringify(reply))
})
await new Promise((done) => server.listen(0, "127.0.0.1", done))
process.env.SST_SERVER = `http://127.0.0.1:${server.address().port}`
server.unref()

// 3. Stand in for AWS.
const arn = (service, rest) => `arn:aws:${service}:${region}:${account}:${rest}`
const computed = {
  "aws:sqs/queue:Queue": (n) => ({ arn: arn("sqs", n), url: `https://sqs.${region}.amazonaws.com/${account}/${n}` }),
  "aws:sns/topic:Topic": (n) => ({ arn: arn("sns", n) }),
  "aws:dynamodb/table:Table": (n) => ({
    arn: arn("dynamodb", `table/${n}`),
    streamArn: arn("dynamodb", `table/${n}/stream/1`),
  }),
  "aws:cloudwatch/eventBus:EventBus": (n) => ({ arn: arn("events", `event-bus/${n}`) }),
  "aws:cloudwatch/eventRule:EventRule": (n, { eventBusName }) => ({ arn: arn("events", `rule/${eventBusName}/${n}`) }),
  "aws:cloudwatch/logGroup:LogGroup": (n) => ({ arn: arn("logs", `log-group:${n}`) }),
  "aws:iam/role:Role": (n) => ({ arn: `arn:aws:iam::${account}:role/${n}` }),
  "aws:lambda/function:Function": (n) => ({
    arn: arn("lambda", `function:${n}`),
    invokeArn: arn("apigateway", `lambda:path/${n}`),
  }),
  "aws:lambda/functionUrl:FunctionUrl": () => ({ functionUrl: `https://id.lambda-url.${region}.on.aws/` }),
  "aws:apigatewayv2/api:Api": (n) => ({
    apiEndpoint: `https://id.execute-api.${region}.amazonaws.com`,
    executionArn: arn("execute-api", n),
  }),
  "random:index/randomBytes:RandomBytes": () => ({ base64: "AAAA" }),
}
const one = (value) => (value?.length === 1 ? value[0] : value)
const statement = ({ effect = "Allow", principals = [], actions, resources, conditions = [] }) => ({
  Effect: effect,
  ...(principals.length && { Principal: Object.fromEntries(principals.map((p) => [p.type, one(p.identifiers)])) }),
  Action: one(actions),
  Resource: one(resources),
  ...(conditions.length && {
    Condition: Object.fromEntries(conditions.map((c) => [c.test, { [c.variable]: one(c.values) }])),
  }),
})
const calls = {
  "aws:index/getRegion:getRegion": () => ({ region }),
  "aws:index/getPartition:getPartition": () => ({ partition: "aws" }),
  "aws:index/getCallerIdentity:getCallerIdentity": () => ({ accountId: account }),
  "aws:iam/getPolicyDocument:getPolicyDocument": (args) => ({
    ...args,
    json: JSON.stringify({ Version: "2012-10-17", Statement: (args.statements ?? []).map(statement) }),
  }),
}
const secret = "4dabf18193072939515e22adb298388d" // Pulumi's mark of a wrapped value
const plain = (value) => {
  if (value === null || typeof value !== "object") return value
  if (value[secret]) return plain(value.value)
  if (Array.isArray(value)) return value.map(plain)
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, plain(child)]))
}
const resources = []
const links = {}
MockMonitor.prototype.newUrn = (parent, type, name) =>
  // as the engine writes them: no stack in the chain of types
  `urn:pulumi:${stage}::posthorn::${[...(parent ? parent.split("::")[2].split("$") : []), type].filter((t, i, all) => t !== "pulumi:pulumi:Stack" || all.length === 1).join("$")}::${name}`
MockMonitor.prototype.registerResourceOutputs = (req, callback) => {
  const { target, properties } = plain(req.getOutputs().toJavaScript())
  const isSecret = properties?.type === "sst.sst.Secret"
  if (req.getUrn().includes("::sst:sst:LinkRef::"))
    links[target] = isSecret ? { ...properties, value: properties.value === "" ? "" : "(set)" } : properties
  callback(null, {})
}
await pulumi.runtime.setMocks(
  {
    newResource: ({ type, name, inputs: wrapped, custom, id }) => {
      const inputs = plain(wrapped)
      // What is only read has an id from the start, and that is its name.
      if (custom && !id) resources.push({ type, name, inputs })
      const physical = id || (inputs.name ?? name)
      const state = { ...wrapped, name: physical, ...computed[type]?.(physical, inputs) }
      return { id: id || state.url || physical, state }
    },
    call: ({ token, inputs }) => calls[token]?.(inputs) ?? fail(`plan.mjs has no answer for ${token}`),
  },
  "posthorn",
  stage,
)

// 4. Run it. Nothing left on the event loop means that the plan is complete.
globalThis.$dev = false
globalThis.$cli = { command: "deploy", paths: { home: work, root: project, work, platform }, state: { version: {} } }
const { app, program } = await import(pathToFileURL(outfile).href)
globalThis.$app = { removal: "retain", ...(await app({ stage })), stage }
const outputs = plain(await pulumi.runtime.runInPulumiStack(program))
process.once("beforeExit", () => {
  const sorted = (record) => Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)))
  resources.sort((a, b) => (a.type + a.name < b.type + b.name ? -1 : 1))
  process.stdout.write(
    JSON.stringify(
      { app: globalThis.$app, outputs, links: sorted(links), functions: sorted(functions), resources },
      null,
      2,
    ),
  )
})
