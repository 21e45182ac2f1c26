import { afterEach, beforeEach, describe } from "vitest"

import type { Store } from "@posthorn/core/ports"

import { accountContract } from "./store/accounts.ts"
import { budgetContract } from "./store/budget.ts"
import { catchupContract } from "./store/catchup.ts"
import { checkpointContract } from "./store/checkpoints.ts"
import { deliveryContract } from "./store/deliveries.ts"
import { deliveryListContract } from "./store/delivery-list.ts"
import { endpointContract } from "./store/endpoints.ts"
import { eventListContract } from "./store/event-list.ts"
import { forgetContract } from "./store/forget.ts"
import { heldContract } from "./store/held.ts"
import { jobContract } from "./store/jobs.ts"
import { keyContract } from "./store/keys.ts"
import { lagContract } from "./store/lag.ts"
import { logContract } from "./store/log.ts"
import { sessionContract } from "./store/sessions.ts"
import { slotContract } from "./store/slots.ts"
import { statsContract } from "./store/stats.ts"
import { valueContract } from "./store/values.ts"
import { wishContract } from "./store/wishes.ts"
import { workContract } from "./store/work.ts"

/** A store that holds nothing yet. */
export interface Opened {
  store: Store
  close(): Promise<void>
  /** Resolves when the indexes have caught up with the table. */
  settle?(): Promise<void>
}

/** What a test works on: a new store for each. */
export interface Subject {
  store: Store
  settle: () => Promise<void>
}

/** What every store has to do, whatever it is made of. `open` is called once for each test. */
export const storeContract = (name: string, open: () => Promise<Opened>): void => {
  describe(`store: ${name}`, () => {
    let opened: Opened
    beforeEach(async () => {
      opened = await open()
    })
    afterEach(() => opened.close())

    const subject = (): Subject => ({
      store: opened.store,
      settle: async () => {
        await opened.settle?.()
      },
    })

    describe("accounts", () => accountContract(subject))
    describe("wishes and hints", () => wishContract(subject))
    describe("checkpoints", () => checkpointContract(subject))
    describe("log", () => logContract(subject))
    describe("the forward walk", () => catchupContract(subject))
    describe("list of events", () => eventListContract(subject))
    describe("endpoints", () => endpointContract(subject))
    describe("deliveries", () => deliveryContract(subject))
    describe("due and held", () => workContract(subject))
    describe("order of what is held", () => heldContract(subject))
    describe("list of deliveries", () => deliveryListContract(subject))
    describe("forgetting", () => forgetContract(subject))
    describe("slots", () => slotContract(subject))
    describe("jobs", () => jobContract(subject))
    describe("keys", () => keyContract(subject))
    describe("sessions", () => sessionContract(subject))
    describe("stats", () => statsContract(subject))
    describe("budget", () => budgetContract(subject))
    describe("values", () => valueContract(subject))
    describe("lagging indexes", () => lagContract(subject))
  })
}
