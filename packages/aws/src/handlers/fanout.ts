import { fanout } from "@posthorn/core/fanout/fanout"

import { entryOf } from "../bus-event.ts"
import { clock } from "../deps/clock.ts"
import { deliveryQueue } from "../deps/delivery-queue.ts"
import { store } from "../deps/store.ts"

/** One event of the bus. Whatever is thrown makes Lambda try again, twice, and then keep the event in the dead-letter queue. */
export const handler = async (delivered: unknown): Promise<void> => {
  await fanout(entryOf(delivered), { store: store(), queue: deliveryQueue(), clock })
}
