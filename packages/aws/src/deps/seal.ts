import { createSeal } from "@posthorn/core/seal"

import { encryptionKeys } from "../runtime.ts"
import { randomBytes } from "./chance.ts"
import { once } from "./once.ts"

export const seal = once(() => createSeal({ keys: encryptionKeys(), randomBytes }))
