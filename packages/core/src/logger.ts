/** A place for facts: one wide line each, with all its ids, never a secret, a signature, a message's text or a hook's path. */
export interface Logger {
  debug(fact: string, fields?: Fields): void
  info(fact: string, fields?: Fields): void
  warn(fact: string, fields?: Fields): void
  error(fact: string, fields?: Fields): void
}

export type Fields = Record<string, string | number | boolean | null | undefined>

export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} }
