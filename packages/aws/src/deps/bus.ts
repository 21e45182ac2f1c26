import { EventBridgeClient } from "@aws-sdk/client-eventbridge"

import { createBus } from "../bus.ts"
import { busName } from "../runtime.ts"
import { once } from "./once.ts"

export const bus = once(() => createBus({ client: new EventBridgeClient(), busName: busName() }))
