import { type Bytes, fromBase64, fromText, toText } from "./bytes.ts"

/**
 * What a body may have been before something on its way changed it, and what to say if that is what was signed. Posthorn sends
 * JSON without blanks, so any parser's output leads back to it, whatever blanks and escapes the writer put in.
 */
export const originals = (body: Bytes): { body: Bytes; message: string }[] => {
  const text = toText(body)
  if (text === null) return []
  const trimmed = text.replace(/^\uFEFF/, "").trim()
  const decoded = fromBase64(trimmed)
  const found = [
    {
      body: trimmed === text ? null : fromText(trimmed),
      message: "Blanks, a line break or a byte order mark were put around the body after it was signed.",
    },
    {
      body: reserialised(trimmed),
      message:
        "The body was parsed and written anew before its signature was checked. Hand over the raw body: the text or bytes as they came.",
    },
    {
      body: decoded?.length === 0 ? null : decoded,
      message: "The body is base64 of what was signed. Decode it first (on AWS Lambda isBase64Encoded says so).",
    },
  ]
  return found.flatMap(({ body: original, message }) => (original === null ? [] : [{ body: original, message }]))
}

const reserialised = (text: string): Bytes | null => {
  try {
    return fromText(JSON.stringify(JSON.parse(text)))
  } catch {
    return null
  }
}
