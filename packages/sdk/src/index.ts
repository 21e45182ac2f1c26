export type * from "./generated/events.ts"
