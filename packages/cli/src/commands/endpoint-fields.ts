import type { EndpointPatch } from "@posthorn/sdk"
import { Option } from "commander"

import { collect, collectPairs, parseCount, parseJsonObject } from "../parse.ts"

/** Of create and update alike. */
export interface FieldOptions {
  description?: string
  type?: string[]
  filter?: Record<string, unknown>
  format?: NonNullable<EndpointPatch["format"]>
  ordering?: NonNullable<EndpointPatch["ordering"]>
  rateLimit?: number
  header?: Record<string, string>
}

export const fieldOptions = (): Option[] => [
  new Option(
    "--type <types>",
    "event types, with commas; `*` is every message, conversation and account type",
  ).argParser(collect),
  new Option("--description <text>", "what it is for"),
  new Option("--filter <json>", "only events that match, in the syntax of EventBridge").argParser(parseJsonObject),
  new Option("--format <format>", "the shape of the body").choices([
    "standard",
    "unipile",
    "slack",
    "discord",
    "connectsafely",
  ]),
  new Option("--ordering <ordering>", "`conversation`: one after the other within each").choices([
    "none",
    "conversation",
  ]),
  new Option("--rate-limit <count>", "deliveries per second").argParser(parseCount(1, 1_000)),
  new Option("--header <name=value>", "sent with each webhook; may be given several times").argParser(collectPairs),
]

/** What was given, under the API's names. */
export const fieldsOf = ({
  type,
  header,
  description,
  filter,
  format,
  ordering,
  rateLimit,
}: FieldOptions): EndpointPatch =>
  Object.fromEntries(
    Object.entries({ eventTypes: type, headers: header, description, filter, format, ordering, rateLimit }).filter(
      ([, value]) => value !== undefined,
    ),
  )
