import { spawn } from "node:child_process"
import { once } from "node:events"
import path from "node:path"

export interface Served {
  url: string
  end: () => Promise<void>
}

/** Starts a program that serves on this machine; resolves with the first URL that it prints. Rejects if it ends before. */
export const serve = async (
  program: string,
  args: string[],
  { cwd, env }: { cwd: string; env: Record<string, string> },
): Promise<Served> => {
  const server = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] })
  const end = async (): Promise<void> => {
    if (server.exitCode !== null || server.signalCode !== null) return
    server.kill("SIGTERM")
    await once(server, "exit")
  }
  const url = await new Promise<string>((resolve, reject) => {
    let output = ""
    for (const stream of [server.stdout, server.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text
        const [found] = /http:\/\/(127\.0\.0\.1|localhost):\d+/.exec(output) ?? []
        if (found !== undefined) resolve(found)
      })
    server.on("error", reject)
    server.on("exit", () => reject(new Error(`${path.basename(program)} ended: ${output}`)))
  })
  return { url, end }
}
