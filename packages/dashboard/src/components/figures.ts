import { spanText } from "./time-text.ts"

/** `98.7 %`. Rounded down: a hundred means that none failed. */
export const rateText = (rate: number | null): string =>
  rate === null ? "none yet" : `${(Math.floor(rate * 1_000) / 10).toLocaleString()} %`

export const msText = (ms: number | null): string => (ms === null ? "none yet" : spanText(ms))

/** `1 delivery`, `12,000 deliveries`. */
export const countText = (count: number, one: string, many: string): string =>
  `${count.toLocaleString()} ${count === 1 ? one : many}`
