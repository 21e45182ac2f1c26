import { sweep } from "@posthorn/core/delivery/sweep"

import { deliveryDeps } from "../deps/delivery.ts"

const never = (): never => {
  throw new Error("the sweep dials nobody")
}

/** Every minute: what is due, what may be let out, and what nobody published. */
export const handler = async (): Promise<void> => {
  await sweep({ ...deliveryDeps(), post: never, open: never })
}
