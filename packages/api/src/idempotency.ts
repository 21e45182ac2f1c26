import { z } from "@hono/zod-openapi"

/** For POSTs that make a thing. The thing's id follows from the key and the caller: the one conditional put decides. */
export const idempotencyHeaders = z.object({
  "idempotency-key": z
    .string()
    .regex(/^[\x20-\x7e]{1,255}$/, "must be 1 to 255 visible ASCII characters")
    .optional()
    .describe("the same key and body again make nothing new, and answer with what the first made"),
})
