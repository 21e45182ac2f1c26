import { z } from "@hono/zod-openapi"
import { VisibleError, problemStatus, type FieldError, type ProblemCode } from "@posthorn/core/error"
import type { Context, ErrorHandler, NotFoundHandler } from "hono"
import { HTTPException } from "hono/http-exception"

import type { ApiEnv } from "./deps.ts"
import { problemTexts } from "./problem-texts.ts"

const problemCodes = Object.keys(problemStatus) as ProblemCode[]

export const Problem = z
  .object({
    type: z.string().describe("an address that explains the code"),
    title: z.string(),
    status: z.int(),
    code: z.enum(problemCodes),
    requestId: z.string(),
    detail: z.string().describe("what is wrong with this request, for a person"),
    errors: z
      .array(z.object({ in: z.enum(["body", "query", "path", "header"]), pointer: z.string(), message: z.string() }))
      .describe(
        "the fields to blame: a JSON pointer in a body, a parameter's name elsewhere; empty when there is none",
      ),
  })
  .meta({ id: "Problem", description: "RFC 9457. Every 4xx and 5xx has this body." })
export type Problem = z.infer<typeof Problem>

/** Every error ends here. What is not the caller's fault stays in the log and is not told. */
export const onError: ErrorHandler<ApiEnv> = (error, c) => {
  const visible = toVisible(error)
  if (visible !== null) return answer(c, visible.code, visible.message, visible.errors, visible.headers)
  c.set("failure", error.stack ?? error.message)
  return answer(c, "internal", `This is our fault, not yours. The log has more under ${c.get("requestId")}.`)
}

export const onNotFound: NotFoundHandler<ApiEnv> = (c) =>
  answer(c, "not_found", `There is nothing at ${c.req.method} ${c.req.path}. GET /docs lists what there is.`)

/** The library's own refusals, made before any of our code has run. A ZodError that gets here is a bug of ours, so it is not among them. */
const toVisible = (error: Error): VisibleError | null => {
  if (error instanceof VisibleError) return error
  if (!(error instanceof HTTPException)) return null
  if (error.status === 415) return new VisibleError("unsupported_media_type", "Send the body as application/json.")
  if (error.status === 400) return new VisibleError("malformed_json", "The body is not JSON that can be parsed.")
  return null
}

const answer = (
  c: Context<ApiEnv>,
  code: ProblemCode,
  detail: string,
  errors: FieldError[] = [],
  headers: Record<string, string> = {},
): Response => {
  const status = problemStatus[code]
  const problem: Problem = {
    type: `/problems/${code}`,
    title: problemTexts[code].title,
    status,
    code,
    requestId: c.get("requestId"),
    detail,
    errors,
  }
  return c.body(JSON.stringify(problem), status, { "content-type": "application/problem+json", ...headers })
}
