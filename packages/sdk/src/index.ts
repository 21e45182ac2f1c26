export * from "./client/index.ts"
export { eventTypes } from "./generated/events.ts"
export type * from "./generated/events.ts"
