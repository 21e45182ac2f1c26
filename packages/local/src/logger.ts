import type { Logger } from "@posthorn/core/logger"
import { pino } from "pino"
import pretty from "pino-pretty"

/** Structured lines on standard error: readable in a terminal, JSON everywhere else. */
export const createLogger = (level: string, out: NodeJS.WriteStream = process.stderr): Logger => {
  const options = {
    level,
    base: null,
    messageKey: "fact",
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  }
  const logger = out.isTTY
    ? pino(
        options,
        pretty({ destination: out, sync: true, singleLine: true, messageKey: "fact", translateTime: "SYS:HH:MM:ss" }),
      )
    : pino(options, out)
  return {
    debug: (fact, fields = {}) => logger.debug(fields, fact),
    info: (fact, fields = {}) => logger.info(fields, fact),
    warn: (fact, fields = {}) => logger.warn(fields, fact),
    error: (fact, fields = {}) => logger.error(fields, fact),
  }
}
