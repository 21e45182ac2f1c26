/** Names (RFC 6761, 6.3) and addresses of this machine: what goes there crosses no network. The command line has the same rule. */
const LOOPBACK = /^(([^.]+\.)*localhost|127(\.\d{1,3}){3}|\[::1\])$/

/**
 * The address of a deployment, without a slash at its end. Plain http to another machine is refused, since it would show the key to
 * whoever is in between, at every request; a warning would be read after that. Throws a TypeError that says what would be right.
 */
export const baseUrlOf = (url: string, { allowHttp }: { allowHttp: boolean }): string => {
  const parsed = parse(url)
  if (parsed.protocol !== "https:" && parsed.protocol !== "http:")
    throw new TypeError(`url: must begin with https://, like https://posthorn.example.com, not with ${parsed.protocol}`)
  if (parsed.username !== "" || parsed.password !== "")
    throw new TypeError("url: must have no user name or password; the key has a field of its own")
  if (parsed.search !== "" || parsed.hash !== "") throw new TypeError("url: must have no query and no fragment")
  if (/\/v1\/?$/.test(parsed.pathname)) throw new TypeError("url: must be given without /v1")
  if (parsed.protocol === "http:" && !allowHttp && !LOOPBACK.test(parsed.hostname))
    throw new TypeError(
      `url: http:// would send the key to ${parsed.hostname} unencrypted. Use https://, or set allowHttp where the network between is your own`,
    )
  return `${parsed.origin}${parsed.pathname.replace(/\/+$/, "")}`
}

const parse = (url: string): URL => {
  try {
    return new URL(url)
  } catch {
    throw new TypeError("url: must be the address of a deployment, like https://posthorn.example.com")
  }
}
