import { problemStatus, VisibleError, type ProblemCode } from "@posthorn/core/error"
import type { Context } from "hono"
import { etag } from "hono/etag"

import type { ApiDeps, ApiEnv } from "./deps.ts"
import { noSchema } from "./event-json-schemas.ts"
import { html, page, pageHeaders, prose } from "./html.ts"
import type { OpenApiDocument } from "./openapi.ts"
import { problemTexts } from "./problem-texts.ts"
import { createRouter, notFound } from "./router.ts"

/** What is read without a key: the reference, the document it is made of, events' schemas, and what each code of a problem means. */
export const publicPages = (
  documentFor: () => OpenApiDocument,
  { staticFiles, deployment }: Pick<ApiDeps, "staticFiles" | "deployment">,
) => {
  // Made once, when first asked for: a cold start does not need it.
  let document: OpenApiDocument | null = null

  const sendFile = async (c: Context<ApiEnv>, path: string, absent?: () => VisibleError) => {
    const file = await staticFiles.readFile(path)
    if (file === null && absent !== undefined) throw absent()
    if (file === null) return c.notFound()
    // Kept, but asked for again each time: a deploy changes it. What is the same then has no body.
    return c.body(file.body, 200, { ...pageHeaders, "content-type": file.contentType, "cache-control": "no-cache" })
  }

  const router = createRouter()
  router.get("/openapi.json", (c) => c.json((document ??= documentFor())))
  router.get("/asyncapi.json", etag(), (c) => sendFile(c, "asyncapi.json"))
  router.get("/docs", etag(), (c) => sendFile(c, "docs/index.html"))
  router.get("/docs/:file", etag(), (c) => sendFile(c, `docs/${c.req.param("file")}`))
  router.get("/schemas/:file", etag(), (c) => {
    const file = c.req.param("file")
    return sendFile(c, `schemas/${file}`, () => new VisibleError("not_found", noSchema(file)))
  })
  router.get("/problems/:code", (c) => {
    const code = c.req.param("code")
    if (!isCode(code)) throw notFound("kind of problem")
    const { title, text } = problemTexts[code]
    const body = html`<h1>${title}</h1>
      <p><code>${code}</code>, status ${String(problemStatus[code])}</p>
      <p>${prose(text)}</p>
      <p><a href="/docs">The reference of ${deployment.name}</a></p>`
    return c.body(page(title, body), 200, pageHeaders)
  })
  return router
}

const isCode = (code: string): code is ProblemCode => Object.hasOwn(problemTexts, code)
