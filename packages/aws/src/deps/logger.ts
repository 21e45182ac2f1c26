import type { Fields, Logger } from "@posthorn/core/logger"

import { settings } from "../runtime.ts"
import { once } from "./once.ts"

const LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"]

/** One line of JSON for each fact; Lambda leaves such a line as it is, and alarms look for `fact` in it. */
const write = (level: string, fact: string, fields: Fields = {}): void => {
  const line = { timestamp: new Date().toISOString(), level: level.toUpperCase(), fact, ...fields }
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

const from = once(() => LEVELS.indexOf(settings().logLevel))
const at =
  (level: "debug" | "info" | "warn" | "error") =>
  (fact: string, fields?: Fields): void => {
    if (LEVELS.indexOf(level) >= from()) write(level, fact, fields)
  }

export const logger: Logger = { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") }
