import fc from "fast-check"
import ipaddr from "ipaddr.js"
import { describe, expect, test } from "vitest"
import { judgeAddress, judgeUrl, URL_LENGTH_MAX } from "./guard.ts"

const strict = { allowPrivate: false }
const local = { allowPrivate: true }

const ipv4 = fc.ipV4()
/** Plain random IPv6 is hardly ever special: half of these start like something that is. */
const ipv6 = fc.oneof(
  fc.ipV6().map((text) => ipaddr.parse(text).toString()),
  fc
    .tuple(
      fc.constantFrom(
        "::",
        "::ffff:0:0",
        "::ffff:0:0:0",
        "64:ff9b::",
        "64:ff9b:1::",
        "100::",
        "2001::",
        "2001:2::",
        "2001:3::",
        "2001:4:112::",
        "2001:10::",
        "2001:20::",
        "2001:30::",
        "2001:db8::",
        "2002::",
        "2620:4f:8000::",
        "3fff::",
        "5f00::",
        "fc00::",
        "fd00:ec2::",
        "fe80::",
        "fec0::",
        "ff00::",
        "4000::",
        "2606:4700::",
      ),
      fc.integer({ min: 0, max: 0xffff }),
      fc.integer({ min: 0, max: 0xffff }),
    )
    .map(([net, high, low]) => {
      const parts = (ipaddr.parse(net) as ipaddr.IPv6).parts
      parts[6] = high
      parts[7] = low
      return new ipaddr.IPv6(parts).toString()
    }),
)

describe("judgeAddress", () => {
  test("refuses whatever ipaddr.js does not call unicast", () => {
    let special = 0
    fc.assert(
      fc.property(fc.oneof(ipv4, ipv6), (address) => {
        if (ipaddr.parse(address).range() === "unicast") return
        special++
        expect(judgeAddress(address, strict), address).toBe("refused")
      }),
      { numRuns: 20_000 },
    )
    expect(special).toBeGreaterThan(2_000)
  })

  test("with private ones allowed, still refuses whatever ipaddr.js calls neither unicast, loopback nor private", () => {
    const mine = new Set(["unicast", "loopback", "private", "uniqueLocal"])
    fc.assert(
      fc.property(fc.oneof(ipv4, ipv6), (address) => {
        if (!mine.has(ipaddr.parse(address).range())) expect(judgeAddress(address, local), address).toBe("refused")
      }),
      { numRuns: 20_000 },
    )
  })

  test("every edge of every special range of ipaddr.js is refused", () => {
    const nets = [new ipaddr.IPv4([1, 1, 1, 1]), new ipaddr.IPv6([0x2600, 0, 0, 0, 0, 0, 0, 1])].flatMap((any) =>
      // Public in its code, absent from its types.
      Object.values((any as unknown as { SpecialRanges: Record<string, unknown> }).SpecialRanges).flatMap(flatten),
    )
    expect(nets.length).toBeGreaterThan(35)
    for (const [net, bits] of nets)
      for (const edge of edgesOf(net, bits))
        expect(judgeAddress(edge, strict), `${edge} of ${net.toString()}/${bits}`).toBe("refused")
  })

  test.each([
    "1.1.1.1",
    "9.255.255.255",
    "11.0.0.0",
    "93.184.216.34",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
    "128.0.0.0",
    "169.253.255.255",
    "169.255.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.167.255.255",
    "192.169.0.0",
    "198.17.255.255",
    "198.20.0.0",
    "223.255.255.255",
    "2001:200::1",
    "2606:4700:4700::1111",
    "2a00:1450:4001:80b::200e",
    "2003::1",
    "3ffe:ffff::1",
  ])("allows the public %s", (address) => {
    expect(judgeAddress(address, strict)).toBe("allowed")
    expect(judgeAddress(address, local)).toBe("allowed")
  })

  test.each([
    "127.0.0.1",
    "127.255.255.254",
    "10.1.2.3",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "::1",
    "fc00::1",
    "fd12:3456::1",
  ])("allows %s where private addresses are, and only there", (address) => {
    expect(judgeAddress(address, strict)).toBe("refused")
    expect(judgeAddress(address, local)).toBe("allowed")
  })

  test.each([
    "169.254.169.254",
    "169.254.170.2",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
    "0.0.0.0",
    "255.255.255.255",
    "224.0.0.1",
    "::",
    "fe80::1",
    "fd00:ec2::254",
    "fd00:ec2::23",
    "fd20:ce::254",
    "fd00:c1::a9fe:a9fe",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:7f00:1",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "fec0::1",
    "5f00::1",
    "4000::1",
  ])("refuses %s always", (address) => {
    expect(judgeAddress(address, strict)).toBe("refused")
    expect(judgeAddress(address, local)).toBe("refused")
  })

  test.each(["", "example.com", "fe80::1%eth0", "::1%lo", "127.1", "0x7f.0.0.1", "2130706433", "[::1]", "1.1.1.1 "])(
    "refuses %j: not an address as Node writes it",
    (address) => {
      expect(judgeAddress(address, local)).toBe("refused")
    },
  )
})

describe("judgeUrl", () => {
  test.each([
    "https://example.com",
    "https://example.com/hook?a=b",
    "https://example.com:443/",
    "https://example.com:8443/x",
    "https://93.184.216.34/",
    "https://[2606:4700:4700::1111]/",
    "https://bücher.example/ü",
    "https://localhost.example.com/",
  ])("takes %s", (text) => {
    expect(judgeUrl(text, strict)).toMatchObject({ ok: true })
  })

  test.each([
    ["example.com/hook", "not a URL"],
    ["", "not a URL"],
    ["/hook", "not a URL"],
    ["http://example.com/", "start with https://"],
    ["ftp://example.com/", "start with https://"],
    ["javascript:alert(1)", "start with https://"],
    ["https://user@example.com/", "user name or password"],
    ["https://:pass@example.com/", "user name or password"],
    ["https://example.com:22/", "port 443 or 8443"],
    ["https://example.com:80/", "port 443 or 8443"],
    ["https://example.com./", "end with a dot"],
    ["https://localhost/", "public name"],
    ["https://LOCALHOST/", "public name"],
    ["https://intranet/", "public name"],
    ["https://a.localhost/", "public name"],
    ["https://printer.local/", "public name"],
    ["https://metadata.google.internal/", "public name"],
    ["https://127.0.0.1/", "must be public"],
    ["https://127.0.0.1./", "must be public"],
    ["https://2130706433/", "must be public"],
    ["https://[::1]/", "must be public"],
    ["https://169.254.169.254/", "must be public"],
    [`https://example.com/${"a".repeat(URL_LENGTH_MAX)}`, "longer than 2048"],
    [`https://example.com/${"ü".repeat(URL_LENGTH_MAX / 2)}`, "longer than 2048"],
  ])("refuses %.60s: %s", (text, why) => {
    const verdict = judgeUrl(text, strict)
    expect(verdict.ok ? "" : verdict.message).toContain(why)
  })

  test("a message repeats nothing of the URL, whose path may be a secret", () => {
    for (const text of ["http://host.example/s3cret", "https://127.0.0.1/s3cret", "https://u:s3cret@host.example/"]) {
      const verdict = judgeUrl(text, strict)
      expect(verdict.ok ? "s3cret" : verdict.message).not.toMatch(/s3cret|127\.0|host\.example/)
    }
  })

  test.each([
    "http://127.0.0.1:5678/hook",
    "http://localhost:3000/",
    "https://localhost:8443/",
    "http://[::1]:80/",
    "http://n8n:5678/webhook",
    "http://host.docker.internal:4000/",
    "http://192.168.1.20/",
    "https://example.com:9000/",
  ])("takes %s where private URLs are allowed", (text) => {
    expect(judgeUrl(text, local)).toMatchObject({ ok: true })
  })

  test.each([
    "http://169.254.169.254/",
    "http://[fd00:ec2::254]/",
    "http://[::ffff:127.0.0.1]/",
    "http://0.0.0.0/",
    "http://100.64.0.1/",
    "ftp://localhost/",
    "http://u:p@localhost/",
    "http://localhost./",
  ])("refuses %s even there", (text) => {
    expect(judgeUrl(text, local)).toMatchObject({ ok: false })
  })
})

type Net = [ipaddr.IPv4 | ipaddr.IPv6, number]

/** ipaddr.js writes one range as [address, bits], several as a list of those. */
const flatten = (given: unknown): Net[] => {
  if (!Array.isArray(given)) return []
  const [net, bits] = given as unknown[]
  if (typeof bits === "number") return [[net as ipaddr.IPv6, bits]]
  return given.flatMap(flatten)
}

const edgesOf = (net: ipaddr.IPv4 | ipaddr.IPv6, bits: number): string[] => {
  const first = net.toByteArray()
  const last = first.map((byte, index) => {
    const fixed = Math.min(8, Math.max(0, bits - index * 8))
    return byte | (0xff >> fixed)
  })
  return [first, last].map((bytes) => ipaddr.fromByteArray(bytes).toString())
}
