import { randomBytes as bytes } from "node:crypto"

import type { Random, RandomBytes } from "@posthorn/core/ports"

export const random: Random = Math.random
export const randomBytes: RandomBytes = (size) => bytes(size)
