import type { Deployed } from "../deployed.ts"
import { type ExitCode, exitCodes } from "../exit.ts"
import { followDelivery, sayDelivery } from "../follow-delivery.ts"

/** Sends a ping to an endpoint and follows it to its first result. */
export const pingEndpoint = async (endpointId: string, { client, output, signal }: Deployed): Promise<ExitCode> => {
  const { id } = await client.endpoints.test(endpointId, { signal })
  const delivery = await followDelivery(id, { client, signal })
  const isGood = delivery.status === "succeeded"
  output.result(
    delivery,
    `${output.colour(isGood ? "green" : "red", isGood ? "✓" : "✗")} ${sayDelivery(delivery)}  (${id})`,
  )
  return isGood ? exitCodes.done : exitCodes.failed
}
