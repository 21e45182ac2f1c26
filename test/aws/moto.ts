import { spawn } from "node:child_process"
import { once } from "node:events"
import { type AddressInfo, createServer } from "node:net"
import { setTimeout } from "node:timers/promises"

import { motoServer } from "../../scripts/moto.ts"

const STARTS_WITHIN_MS = 30_000

/** Why moto cannot run here, or null where it can. Where tests are required the reason is an error. */
export const whyNoMoto = (): string | null => {
  const reason = motoServer() === null ? "run `node scripts/node.mjs scripts/moto.ts` to install moto" : null
  if (reason !== null && process.env.POSTHORN_TESTS_REQUIRED) throw new Error(`moto is required: ${reason}`)
  return reason
}

/** SQS and EventBridge on this machine, in memory. */
export const startMoto = async (): Promise<{ port: number; close(): Promise<void> }> => {
  const program = motoServer()
  if (program === null) throw new Error("moto is not installed")
  const port = await freePort()
  const server = spawn(program, ["-H", "127.0.0.1", "-p", String(port)], { stdio: "ignore" })
  const close = async (): Promise<void> => {
    if (server.exitCode !== null || server.signalCode !== null) return
    server.kill("SIGKILL")
    await once(server, "exit")
  }
  const deadline = performance.now() + STARTS_WITHIN_MS
  while (!(await answers(port))) {
    if (server.exitCode !== null) throw new Error(`moto ended with exit code ${String(server.exitCode)}`)
    if (performance.now() > deadline) {
      await close()
      throw new Error(`moto did not answer within ${String(STARTS_WITHIN_MS)} ms`)
    }
    await setTimeout(100)
  }
  return { port, close }
}

const answers = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${String(port)}/moto-api/`).then(
    () => true,
    () => false,
  )

const freePort = async (): Promise<number> => {
  const server = createServer()
  await once(server.listen(0, "127.0.0.1"), "listening")
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, "close")
  return port
}
