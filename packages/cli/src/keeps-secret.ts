/** As the SDK has it for a deployment's address; a test holds both to one rule. RFC 6761, 6.3. */
const LOOPBACK = /^(([^.]+\.)*localhost|127(\.\d{1,3}){3}|\[::1\])$/

/** Whether a key may be sent to this address: https, or no further than this machine. */
export const keepsSecret = (address: string): boolean => {
  if (!URL.canParse(address)) return false
  const { protocol, hostname } = new URL(address)
  return protocol === "https:" || (protocol === "http:" && LOOPBACK.test(hostname))
}
