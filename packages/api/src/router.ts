import { OpenAPIHono, z } from "@hono/zod-openapi"
import { VisibleError } from "@posthorn/core/error"
import type { Scope } from "@posthorn/core/key"
import type { MiddlewareHandler } from "hono"

import { needs } from "./auth.ts"
import type { ApiEnv } from "./deps.ts"
import { fieldErrors, invalid, onValidated, strict } from "./validate.ts"

/** What every resource's routes are hung on: the same answers to bad input everywhere. */
export const createRouter = () => new OpenAPIHono<ApiEnv>({ defaultHook: onValidated })

/** For a route that needs a key with this scope. */
export const keyed = (scope: Scope) => ({ security: [{ key: [scope] }], middleware: [needs(scope)] })

type Keyed = { security: { key: Scope[] }[]; middleware: MiddlewareHandler<ApiEnv>[] }

/** For a POST that takes nothing: a field that would be ignored is refused, an empty body or `{}` is fine, whatever its type. */
export const action = (scope: Scope) => ({ ...keyed(scope), middleware: [needs(scope), nothingInBody] })

/** For a route whose body may be left out: an empty one that is declared as JSON is left out too, since many clients always declare. */
export const optionalBody = (route: Keyed) => ({
  ...route,
  middleware: [...route.middleware, nothingAsObject],
})

const nothingAsObject: MiddlewareHandler<ApiEnv> = async (c, next) => {
  const text = await c.req.text()
  if (text.trim() === "") c.req.json = async () => ({}) as never
  await next()
}

const Nothing = strict({})

export const nothingInBody: MiddlewareHandler<ApiEnv> = async (c, next) => {
  const text = await c.req.text()
  if (text.trim() !== "") {
    const result = Nothing.safeParse(parseJson(text))
    if (!result.success) throw invalid(fieldErrors("json", result.error.issues))
  }
  await next()
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    throw new VisibleError("malformed_json", "The body is not JSON that can be parsed. This request needs none.")
  }
}

/** An answer in JSON, for a route's `responses`. */
export const jsonOf = <Schema extends z.ZodType>(schema: Schema, description: string) => ({
  description,
  content: { "application/json": { schema } },
})

/** A body in JSON, for a route's `request`. */
export const bodyOf = <Schema extends z.ZodType>(schema: Schema) => ({
  required: true as const,
  content: { "application/json": { schema } },
})

export const notFound = (what: string): VisibleError =>
  new VisibleError("not_found", `There is no ${what} with this id.`)
