import type { Time } from "./types.ts"

/** As the API takes it. A `Date` that is none is refused here, by name; text is judged by the deployment. */
export const textOfTime = (time: Time): string => {
  if (typeof time === "string") return time
  if (Number.isNaN(time.getTime())) throw new TypeError("the time given is an invalid Date")
  return time.toISOString()
}
