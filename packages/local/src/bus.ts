import { BATCH_MAX, type Bus, type BusEntry, type BusRefusal } from "@posthorn/core/ports"
import { messageOf } from "@posthorn/core/error"

export type Subscriber = (entry: BusEntry) => Promise<unknown>

/**
 * The bus in process. An entry is taken when all subscribers have finished with it, so that `published` never passes an
 * event whose fan-out a crash cut off. A subscriber that throws refuses the entry for now; all of them see it again.
 */
export const createLocalBus = (subscribers: Subscriber[]): Bus => {
  const publish = async (entry: BusEntry): Promise<BusRefusal | null> => {
    const answers = await Promise.allSettled(subscribers.map(async (subscriber) => subscriber(entry)))
    const failed = answers.find((answer) => answer.status === "rejected")
    return failed === undefined ? null : { message: messageOf(failed.reason), permanent: false }
  }
  return {
    publish: async (entries) => {
      if (entries.length > BATCH_MAX) throw new RangeError(`${entries.length} entries; at most ${BATCH_MAX} at a time`)
      return Promise.all(entries.map(publish))
    },
  }
}
