import { type Bundle, defineInputFields, defineTrigger, type ZObject } from "zapier-platform-core"

import { type Column, type Item, itemOf, outputFieldsOf } from "./columns.ts"
import { type EventJson, isEvent, type TriggerType } from "./event.ts"
import { request } from "./request.ts"
import { sampleEvents } from "./samples.ts"
import { whyNotSigned } from "./signature.ts"
import { type Subscription, subscribe, unsubscribe } from "./subscription.ts"

/** How many recent events the editor gets; it shows three. */
const RECENT = 10

export interface HookTrigger {
  key: string
  noun: string
  label: string
  description: string
  eventType: TriggerType
  columns: readonly Column[]
}

const inputFields = defineInputFields([
  {
    key: "account",
    label: "Account",
    type: "string",
    required: false,
    dynamic: "account_list.id.name",
    helpText: "Only events of this LinkedIn account. Leave it empty for all accounts.",
  },
])

interface Input extends Record<string, unknown> {
  account?: string | undefined
}
const accountOf = ({ account }: Input): { accountId?: string } =>
  account === undefined || account === "" ? {} : { accountId: account }

/** A REST hook for one type of event. */
export const hookTrigger = ({ key, noun, label, description, eventType, columns }: HookTrigger) => {
  /** Runs for each request to the hook's URL; nothing comes of one that Posthorn did not sign for this subscription. */
  const perform = (z: ZObject, bundle: Bundle<Input>): Item[] => {
    const { secret } = (bundle.subscribeData ?? {}) as Partial<Subscription>
    const refuse = (why: string): never => {
      throw new z.errors.Error(`This request to the Zap's hook was refused: ${why}.`, "BadSignature", 401)
    }
    if (secret === undefined || secret === "")
      return refuse("the Zap has no secret to check it by. Switch the Zap off and on again")
    const why = whyNotSigned(bundle.rawRequest ?? {}, secret)
    if (why !== null) return refuse(why)
    const event: unknown = z.JSON.parse(bundle.rawRequest?.content ?? "")
    // A ping, or a type that was added to the endpoint by hand, is no reason to run.
    return isEvent(event) && event.type === eventType ? [itemOf(event, columns)] : []
  }

  const performList = async (z: ZObject, bundle: Bundle<Input>): Promise<Item[]> => {
    const { data } = await request<{ data: EventJson[] }>(z, bundle, {
      path: "/v1/events",
      params: { type: eventType, limit: String(RECENT), ...accountOf(bundle.inputData) },
    })
    return data.data.map((event) => itemOf(event, columns))
  }

  return defineTrigger({
    key,
    noun,
    display: { label, description },
    operation: {
      type: "hook",
      inputFields,
      perform,
      performList,
      performSubscribe: (z: ZObject, bundle: Bundle<Input>) =>
        subscribe(z, bundle, { eventType, label, ...accountOf(bundle.inputData) }),
      performUnsubscribe: (z: ZObject, bundle: Bundle<Input>) => unsubscribe(z, bundle),
      sample: itemOf(sampleEvents[eventType], columns),
      outputFields: outputFieldsOf(columns),
    },
  })
}
