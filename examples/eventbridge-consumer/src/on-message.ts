import type { BusEvent } from "./event.ts"
import { keep } from "./keep.ts"

/** Invoked by the rule. What it throws Lambda tries again, and then sends to the queue `FunctionFailed`. */
export const handler = async ({ detail }: BusEvent): Promise<void> => {
  const { conversation, message } = detail.data
  if (await keep(detail))
    console.log(JSON.stringify({ kept: detail.id, conversation: conversation.id, message: message.id }))
}
