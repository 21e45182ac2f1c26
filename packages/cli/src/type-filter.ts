import { eventTypes } from "@posthorn/sdk"
import { InvalidArgumentError } from "commander"

import { collect } from "./parse.ts"

/** Whether a type is among those named; `message.*` and `*` stand for what begins so. Without names, all are. */
export const typeFilter = (names: readonly string[] | undefined): ((type: string) => boolean) => {
  if (names === undefined || names.length === 0) return () => true
  const exact = new Set(names)
  const heads = names.filter((name) => name.endsWith("*")).map((name) => name.slice(0, -1))
  return (type) => exact.has(type) || heads.some((head) => type.startsWith(head))
}

/** Of an option: refuses a name that no type has or begins with, which would wait for ever. */
export const collectTypes = (text: string, before: string[] | undefined): string[] => {
  const names = collect(text, undefined)
  const wrong = names.length === 0 ? text : names.find((name) => !canMatch(name))
  if (wrong === undefined) return [...(before ?? []), ...names]
  throw new InvalidArgumentError(
    `No event has it. There are ${eventTypes.join(", ")}, and custom.… of your own; message.* is all that begin so.`,
  )
}

const CUSTOM = "custom."

const canMatch = (name: string): boolean => {
  if (!name.endsWith("*")) return (eventTypes as readonly string[]).includes(name) || isOwn(name)
  const head = name.slice(0, -1)
  return eventTypes.some((type) => type.startsWith(head)) || CUSTOM.startsWith(head) || isOwn(head)
}

const isOwn = (name: string): boolean => name.startsWith(CUSTOM) && !name.includes("*") && name !== CUSTOM
