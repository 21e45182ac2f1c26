import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import path from "node:path"

/** n8n's folder for the time of the tests, with a key in it: else each of its processes would write one when it is first used. */
export const setup = (): (() => void) => {
  const folder = mkdtempSync(path.join(tmpdir(), "posthorn-n8n-"))
  mkdirSync(path.join(folder, ".n8n"))
  writeFileSync(path.join(folder, ".n8n/config"), JSON.stringify({ encryptionKey: "for the tests" }), { mode: 0o600 })
  process.env.N8N_USER_FOLDER = folder
  return () => rmSync(folder, { recursive: true, force: true })
}
