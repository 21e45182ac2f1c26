import { createHash } from "node:crypto"
import { once } from "node:events"
import { readFileSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"

/** A package that somebody published. */
export interface Published {
  manifest: { name: string; version: string; [field: string]: unknown }
  /** Where its tarball lies. Null: it is only ever looked up. */
  tarball: string | null
}

/** A registry on this machine with these packages and no others. `served` has the name of each one whose tarball was taken. */
export const startRegistry = async (
  packages: Published[],
): Promise<{ url: string; served: string[]; close: () => Promise<void> }> => {
  const served: string[] = []
  const server = createServer((request, response) => {
    const asked = decodeURIComponent(request.url ?? "").slice(1)
    const found = packages.find(({ manifest }) => asked === manifest.name || asked === `${manifest.name}.tgz`)
    if (found === undefined) return void response.writeHead(404).end("{}")
    const bytes = found.tarball === null ? null : readFileSync(found.tarball)
    if (asked !== found.manifest.name) {
      served.push(found.manifest.name)
      return void response.end(bytes)
    }
    const { name, version } = found.manifest
    const integrity = `sha512-${createHash("sha512")
      .update(bytes ?? "")
      .digest("base64")}`
    const dist = { tarball: `${url}${encodeURIComponent(name)}.tgz`, integrity }
    const versions = { [version]: { ...found.manifest, dist } }
    response.end(JSON.stringify({ name, "dist-tags": { latest: version }, versions }))
  })
  await once(server.listen(0, "127.0.0.1"), "listening")
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const close = async (): Promise<void> => {
    server.closeAllConnections()
    server.close()
    await once(server, "close")
  }
  return { url, served, close }
}
