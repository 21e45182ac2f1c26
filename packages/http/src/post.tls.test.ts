import https from "node:https"
import net, { type AddressInfo, type Socket } from "node:net"
import tls from "node:tls"
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest"
import type { HttpResult } from "@posthorn/core/http"
import { createPost } from "./post.ts"

/** Made for this test, self-signed, for hooks.example.com, until 2126. It guards nothing. */
const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg4CSji9B30xxGi4z1
iHxLha1fQMvqm2dWyo4naTYWc/ahRANCAAT7TYoEWZzTKa0mivIZrcVMPofEewWl
SBVu+mxiLPRM3apS3HoFbaIz0saUWEW6FUGQutLuJ00ajKehGcmd1usL
-----END PRIVATE KEY-----`
const cert = `-----BEGIN CERTIFICATE-----
MIIBrTCCAVOgAwIBAgIUEpGtIumEfnIpMTZO/WbdNal55wQwCgYIKoZIzj0EAwIw
HDEaMBgGA1UEAwwRaG9va3MuZXhhbXBsZS5jb20wIBcNMjYxMTIyMTAyMTI4WhgP
MjEyNjEwMjkxMDIxMjhaMBwxGjAYBgNVBAMMEWhvb2tzLmV4YW1wbGUuY29tMFkw
EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE+02KBFmc0ymtJoryGa3FTD6HxHsFpUgV
bvpsYiz0TN2qUtx6BW2iM9LGlFhFuhVBkLrS7idNGoynoRnJndbrC6NxMG8wHQYD
VR0OBBYEFIf/R94EN1+KPMBOK9BhF5q1oRURMB8GA1UdIwQYMBaAFIf/R94EN1+K
PMBOK9BhF5q1oRURMBwGA1UdEQQVMBOCEWhvb2tzLmV4YW1wbGUuY29tMA8GA1Ud
EwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIgeWQR3C5y5VAPyXcNoEUQcs7x
uA2NS7PXo1x5NTnbxLUCIQDZjOKtSnaA0/PlSJzeVAsn3BruQ6zzynVGP6jAK71j
RA==
-----END CERTIFICATE-----`

interface Handle {
  connect: (request: unknown, address: string, port: number) => number
}
let requests = 0
let connections = 0
let prototype: Handle
let connect: Handle["connect"]
const server = https.createServer({ key, cert }, (incoming, response) => {
  requests++
  incoming.resume()
  incoming.on("end", () => response.end("ok"))
})
const authorities = tls.getCACertificates("default")

beforeAll(async () => {
  server.on("secureConnection", () => connections++)
  server.on("tlsClientError", () => {})
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo
  const probe = net.connect(port, "127.0.0.1")
  await new Promise((resolve) => probe.once("connect", resolve))
  prototype = Object.getPrototypeOf((probe as Socket & { _handle: Handle })._handle) as Handle
  probe.destroy()
  connect = prototype.connect
  // Port 443 of loopback is this server, whatever else the machine has there.
  prototype.connect = function (request, address, asked) {
    return connect.call(this, request, address, asked === 443 ? port : asked)
  }
})
afterAll(async () => {
  prototype.connect = connect
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})
beforeEach(() => {
  requests = connections = 0
})
afterEach(() => tls.setDefaultCACertificates(authorities))

const poster = () => createPost({ lookup: async () => ["127.0.0.1"] })

const ask = ({ post }: ReturnType<typeof createPost>, host: string, allowPrivate: boolean): Promise<HttpResult> =>
  post({
    method: "POST",
    url: `https://${host}/hook`,
    headers: {},
    body: "{}",
    deadlineMs: 2_000,
    answerBytesMax: 100,
    allowPrivate,
  })

test("a certificate that nobody vouches for is refused, whatever the environment says", async () => {
  const before = process.env["NODE_TLS_REJECT_UNAUTHORIZED"]
  process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0"
  const own = poster()
  try {
    expect(await ask(own, "hooks.example.com", true)).toEqual({
      ok: false,
      kind: "tls",
      message: "The receiver's certificate is self-signed.",
    })
  } finally {
    own.close()
    if (before === undefined) delete process.env["NODE_TLS_REJECT_UNAUTHORIZED"]
    else process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = before
  }
  expect(requests).toBe(0)
})

test("one for another host is refused", async () => {
  tls.setDefaultCACertificates([cert])
  const own = poster()
  expect(await ask(own, "other.example.com", true)).toEqual({
    ok: false,
    kind: "tls",
    message: "The receiver's certificate is for another host.",
  })
  own.close()
  expect(requests).toBe(0)
})

test("a good one is spoken to, over one kept socket; but never by a request without private addresses", async () => {
  tls.setDefaultCACertificates([cert])
  const own = poster()
  for (let round = 0; round < 3; round++)
    expect(await ask(own, "hooks.example.com", true)).toMatchObject({ ok: true, answer: { status: 200 } })
  expect(connections).toBe(1)
  expect(await ask(own, "hooks.example.com", false)).toMatchObject({ ok: false, kind: "address_refused" })
  own.close()
  expect(requests).toBe(3)
})
