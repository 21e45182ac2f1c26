import { person } from "@posthorn/simulator/person"
import { afterEach, beforeAll, describe } from "vitest"

import { type Receiver, startReceiver } from "../receiver.ts"
import { type Cloud, type CloudOptions, openCloud } from "./cloud.ts"
import { plan, plannedSuite } from "./planned.ts"
import { openRegion, type Region } from "./region.ts"

const alice = person("Alice Example")
const TEST_MS = 120_000

export interface Tools {
  open: (options?: CloudOptions) => Promise<Cloud>
  /** Found, and its history read: what is written from now on is new. */
  baselined: (options?: CloudOptions) => Promise<Cloud>
  receive: () => Promise<Receiver>
  /** Alice Example writes to the first account, in a new conversation. */
  write: (cloud: Cloud, ...texts: string[]) => void
}

/** A suite on emulators of its own; says why when it is skipped. What a test opens is closed after it. */
export const onAws = (title: string, suite: (tools: Tools) => void): void => {
  const planned = plannedSuite(title)
  describe.skipIf(planned.skip)(planned.title, { timeout: TEST_MS }, () => {
    let region: Region
    beforeAll(async () => {
      region = await openRegion(plan())
      return () => region.close()
    }, TEST_MS)

    const cleanups: (() => Promise<unknown>)[] = []
    afterEach(async () => {
      for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
    })
    const open = async (options: CloudOptions = {}): Promise<Cloud> => {
      const cloud = await openCloud(region, options)
      cleanups.push(() => cloud.close())
      return cloud
    }
    suite({
      open,
      baselined: async (options) => {
        const cloud = await open(options)
        await cloud.tick()
        await cloud.settle()
        return cloud
      },
      receive: async () => {
        const receiver = await startReceiver()
        cleanups.push(() => receiver.close())
        return receiver
      },
      write: ({ simulator: { world } }, ...texts) => {
        const [account = ""] = world.accounts.keys()
        const conversation = world.addConversation({ account, people: [alice] })
        // An instant each: upstream has no order for those of one.
        for (const [index, text] of texts.entries())
          world.write({ conversation, from: alice, text, sentAt: world.now() + index })
      },
    })
  })
}
