export type Level = "ok" | "warn" | "fail"

/** One thing that doctor looked at. */
export interface Finding {
  /** `deployment`, `key`, `clock` and so on. */
  check: string
  level: Level
  /** What was found. */
  message: string
  /** What to do about it; null where nothing is to be done. */
  fix: string | null
}

export const ok = (check: string, message: string): Finding => ({ check, level: "ok", message, fix: null })
export const warn = (check: string, message: string, fix: string): Finding => ({ check, level: "warn", message, fix })
export const fail = (check: string, message: string, fix: string): Finding => ({ check, level: "fail", message, fix })
