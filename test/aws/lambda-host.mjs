// A Lambda's instance: one bundle, loaded once, one event after another. Its parent kills it at will.
import { performance } from "node:perf_hooks"

const started = performance.now()
const [, , file, exported] = process.argv
const { [exported]: handler } = await import(file)
process.send({ loadedMs: performance.now() - started })

process.on("message", async ({ id, event, aheadMs }) => {
  globalThis.posthornAheadMs = aheadMs
  const from = performance.now()
  const answer = await Promise.resolve(event)
    .then((given) => handler(given, { awsRequestId: id }))
    .then(
      (result) => ({ result: result ?? null }),
      (error) => ({ error: String(error?.message ?? error) }),
    )
  process.send({ id, ms: performance.now() - from, ...answer })
})
