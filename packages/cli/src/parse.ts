import { InvalidArgumentError } from "commander"

const UNITS_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `2h`, `3d` ago, or ISO 8601: as the API takes it. */
export const parseTime = (text: string): string => {
  const ago = /^(\d{1,6})([smhd])$/.exec(text)
  const at = ago === null ? Date.parse(text) : Date.now() - Number(ago[1]) * UNITS_MS[ago[2] as keyof typeof UNITS_MS]
  if (Number.isNaN(at) || (ago === null && !/^\d{4}-\d\d-\d\d/.test(text)))
    throw new InvalidArgumentError("Write a time like 2026-11-14T23:46:40Z, or how long ago: 30m, 2h, 3d.")
  return new Date(at).toISOString()
}

export const parseCount =
  (min: number, max: number) =>
  (text: string): number => {
    const value = Number(text)
    if (/^\d+$/.test(text) && value >= min && value <= max) return value
    throw new InvalidArgumentError(`Write a whole number from ${String(min)} to ${String(max)}.`)
  }

/** May be given several times, and with commas. */
export const collect = (text: string, before: string[] | undefined): string[] => [
  ...(before ?? []),
  ...text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== ""),
]

export const parseJsonObject = (text: string): Record<string, unknown> => {
  try {
    const value = JSON.parse(text) as unknown
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch {
    // Said below.
  }
  throw new InvalidArgumentError('Write a JSON object, like {"amount": 12}.')
}

/** `name=value`, several times. */
export const collectPairs = (text: string, before: Record<string, string> | undefined): Record<string, string> => {
  const at = text.indexOf("=")
  if (at < 1) throw new InvalidArgumentError("Write name=value.")
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) }
}
