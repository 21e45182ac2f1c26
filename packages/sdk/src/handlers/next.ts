/** A route handler of Next's App Router, `export const POST = handler(…)`: from `Request` to `Response`. */
export { handler } from "./web.ts"
