// Loaded into the relay's process (NODE_OPTIONS=--import=…). Once the file CRASH_AT appears, it counts what the process does from
// then on, and kills it, for real, at the n-th time: {"when":"after","what":"append","n":3}. The product has no hook for this: what
// it does is told by its SQL and its requests. Plain JavaScript, since the launcher's older Node is given it as well.
import { existsSync, readFileSync } from "node:fs"

if (process.argv[1]?.endsWith("start.ts")) {
  const [{ StatementSync }, { default: http }] = await Promise.all([import("node:sqlite"), import("node:http")])
  const file = process.env["CRASH_AT"] ?? ""
  let point = null
  let left = 0
  /** The transaction that is open has it: the commit decides. */
  let carried = false

  /** Whether this is the one. `when`: before it, or after what it has brought about. */
  const isIt = (when, what) => {
    if (point === null && existsSync(file)) {
      point = JSON.parse(readFileSync(file, "utf8"))
      left = point.n
    }
    if (point?.when !== when || point.what !== what) return false
    left -= 1
    return left === 0
  }
  const die = () => process.kill(process.pid, "SIGKILL")

  const { run } = StatementSync.prototype
  StatementSync.prototype.run = function (...values) {
    const what = meaningOf(this.sourceSQL, values)
    if (what === "commit") {
      const answer = run.apply(this, values)
      if (carried) die()
      return answer
    }
    if (what !== null && isIt("before", what)) die()
    const answer = run.apply(this, values)
    // Nothing changed: the condition did not hold, and nothing was done.
    if (what !== null && answer.changes > 0 && isIt("after", what)) carried = true
    return answer
  }

  const { request } = http
  http.request = function (...args) {
    const sent = request.apply(this, args)
    // "finish": the last byte is the kernel's, which delivers it without us.
    if (args[0]?.headers?.["webhook-id"] !== undefined) sent.on("finish", () => isIt("after", "send") && die())
    return sent
  }
}

function meaningOf(sql, values) {
  if (sql === "COMMIT") return "commit"
  if (sql.startsWith("INSERT INTO events ")) return "append"
  if (/^(INSERT INTO|UPDATE) checkpoints /.test(sql)) return "checkpoint"
  if (sql.startsWith("INSERT INTO queue ")) return "enqueue"
  if (sql.startsWith("INSERT INTO logs ")) return "mark"
  if (!/^(INSERT INTO|UPDATE) deliveries /.test(sql)) return null
  const body = values.find((value) => typeof value === "string" && value.startsWith("{"))
  if (body === undefined) return null
  return JSON.parse(body).claim === null ? "record" : "claim"
}
