import { BlockList, isIP } from "node:net"

/**
 * Which addresses may be dialled, and which URLs may be an endpoint's. The URL is judged when it is given and again before each
 * dial; each address that its name resolves to is judged before connecting, and the one connected to once more.
 */

export const URL_LENGTH_MAX = 2048
/** 8443 since it is the usual second port for https; every further one would make us a port scanner of other people's hosts. */
const PORTS = new Set(["", "443", "8443"])

export interface GuardOptions {
  /** For a local run: loopback, RFC 1918, ULA and http, on any port. All other special ranges stay refused. */
  allowPrivate: boolean
}

export type UrlVerdict = { ok: true; url: URL } | { ok: false; message: string }

const listOf = (ranges: string[]): BlockList => {
  const list = new BlockList()
  for (const range of ranges) {
    const [net = "", prefix = ""] = range.split("/")
    list.addSubnet(net, Number(prefix), net.includes(":") ? "ipv6" : "ipv4")
  }
  return list
}

/** RFC 1122 and RFC 4291 (loopback), RFC 1918, RFC 4193: somebody's own network. */
const own = listOf(["127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7"])

/** Metadata services inside `own`: AWS (fd00:ec2::254, ::23, ::253), Google Cloud (fd20:ce::254), Oracle (fd00:c1::a9fe:a9fe). */
const ownRefused = listOf(["fd00:ec2::/32", "fd20:ce::/32", "fd00:c1::/32"])

/** IANA IPv4 Special-Purpose Address Registry (RFC 6890) and multicast and above (RFC 5771, RFC 1112), beside `own`. */
const special4 = listOf([
  "0.0.0.0/8",
  "100.64.0.0/10", // also Alibaba's metadata, 100.100.100.200
  "168.63.129.16/32", // Azure's platform services: a public address, the same in every virtual network
  "169.254.0.0/16", // link-local and nearly every cloud's metadata
  "192.0.0.0/24", // also Oracle's metadata, 192.0.0.192
  "192.0.2.0/24",
  "192.31.196.0/24",
  "192.52.193.0/24",
  "192.88.99.0/24",
  "192.175.48.0/24",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/3",
])

/**
 * Global unicast as far as it is allocated (RFC 4291). What is outside needs no list: IPv4-mapped and -compatible, NAT64,
 * link-local, site-local, multicast, segment routing, and everything that is not given out yet.
 */
const global6 = listOf(["2000::/3"])

/** IANA IPv6 Special-Purpose Address Registry inside 2000::/3; 2001::/23 has Teredo, ORCHID and benchmarking in it. */
const special6 = listOf(["2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20"])

/** An address as Node writes it, without brackets. What is no address, or has a zone, is refused. */
export const judgeAddress = (address: string, { allowPrivate }: GuardOptions): "allowed" | "refused" => {
  const version = address.includes("%") ? 0 : isIP(address)
  if (version === 0) return "refused"
  const family = version === 4 ? "ipv4" : "ipv6"
  // BlockList takes ::ffff:127.0.0.1 for 127.0.0.1; here a mapped address is never one's own.
  const isMapped = version === 6 && mapped.check(address, "ipv6")
  if (!isMapped && own.check(address, family))
    return allowPrivate && !ownRefused.check(address, family) ? "allowed" : "refused"
  if (version === 4) return special4.check(address, "ipv4") ? "refused" : "allowed"
  return global6.check(address, "ipv6") && !special6.check(address, "ipv6") ? "allowed" : "refused"
}

const mapped = listOf(["::ffff:0:0/96"])

/** The messages are for whoever typed the URL: what is wrong, and what would be right. They repeat nothing of it. */
export const judgeUrl = (text: string, options: GuardOptions): UrlVerdict => {
  const url = text.length > URL_LENGTH_MAX ? null : URL.parse(text)
  if (text.length > URL_LENGTH_MAX || (url?.href.length ?? 0) > URL_LENGTH_MAX)
    return no(`The URL is longer than ${URL_LENGTH_MAX} characters.`)
  if (url === null) return no("This is not a URL. Write a whole one, such as https://example.com/hook.")
  const why = faultOfParts(url, options) ?? faultOfHost(url.hostname, options)
  return why === null ? { ok: true, url } : no(why)
}

const no = (message: string): UrlVerdict => ({ ok: false, message })

const faultOfParts = (url: URL, { allowPrivate }: GuardOptions): string | null => {
  if (url.protocol !== "https:" && !(allowPrivate && url.protocol === "http:"))
    return allowPrivate ? "The URL must start with https:// or http://." : "The URL must start with https://."
  if (url.username !== "" || url.password !== "")
    return "The URL must not have a user name or password in it. Send them as a custom header (authorization) instead."
  if (!allowPrivate && !PORTS.has(url.port)) return "The URL must use port 443 or 8443."
  return null
}

const faultOfHost = (hostname: string, options: GuardOptions): string | null => {
  const literal = hostname.startsWith("[") ? hostname.slice(1, -1) : hostname
  if (isIP(literal) !== 0) return judgeAddress(literal, options) === "allowed" ? null : refusedMessage(options)
  if (hostname.endsWith(".")) return "The host name must not end with a dot."
  // Where private addresses are allowed, a name without a dot is a neighbour, such as a service of the same Compose file.
  if (options.allowPrivate) return null
  if (!hostname.includes(".") || privateName.test(hostname))
    return "The host must have a public name, such as hooks.example.com."
  return null
}

/** RFC 6761, RFC 6762, and ICANN's reservation of .internal. */
const privateName = /\.(localhost|local|internal)$/

/** Names neither the address nor what is special about it: that would let callers map a network by trying names. */
export const refusedMessage = ({ allowPrivate }: GuardOptions): string =>
  allowPrivate
    ? "The host's address is not allowed: it must be public, loopback or private. Link-local, metadata and other special addresses are never dialled."
    : "The host's address is not allowed: it must be public."
