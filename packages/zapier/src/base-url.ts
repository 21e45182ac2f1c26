/**
 * The base URL of a deployment as a person types it, without a slash at its end and without `/v1`, so that paths of the API can be
 * put behind it. Throws an Error whose message says what to write instead.
 */
export const normaliseBaseUrl = (typed: string): string => {
  const text = typed.trim()
  const example = "Write it as https://posthorn.example.com."
  if (text === "") throw new Error(`The base URL is empty. ${example}`)
  // "localhost:4600" parses as a URL too: of the scheme "localhost:".
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) throw new Error(`The base URL lacks its scheme. ${example}`)
  const url = URL.parse(text)
  if (url === null) throw new Error(`The base URL is not a URL. ${example}`)
  if (url.protocol !== "https:" && url.protocol !== "http:")
    throw new Error(`The base URL must begin with https://, not with ${url.protocol}//. ${example}`)
  if (url.protocol === "http:" && !isLoopback(url.hostname))
    throw new Error("The base URL must begin with https://: over http:// anyone on the way could read the API key.")
  if (url.username !== "" || url.password !== "")
    throw new Error("The base URL must not hold a user or a password. The API key has a field of its own.")
  if (url.search !== "" || url.hash !== "") throw new Error(`The base URL must end before any ? or #. ${example}`)
  return url.origin + url.pathname.replace(/\/+$/, "").replace(/\/v1$/, "")
}

/** RFC 6761, 6.3. */
const isLoopback = (hostname: string): boolean => /^(([^.]+\.)*localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname)
