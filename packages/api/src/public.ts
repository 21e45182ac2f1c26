import { problemStatus, type ProblemCode } from "@posthorn/core/error"

import type { Deployment } from "./deps.ts"
import { STYLE_PATH, html, page, pageHeaders, prose, style } from "./html.ts"
import type { OpenApiDocument } from "./openapi.ts"
import { problemTexts } from "./problem-texts.ts"
import { referencePage } from "./reference.ts"
import { createRouter, notFound } from "./router.ts"

/** What people read without a key: the reference, the document it is made of, and what each code of a problem means. */
export const publicPages = (documentFor: () => OpenApiDocument, { name }: Deployment) => {
  // Made once, when first asked for: a cold start needs neither.
  let document: OpenApiDocument | null = null
  let reference: string | null = null
  const read = () => (document ??= documentFor())

  const router = createRouter()
  router.get("/openapi.json", (c) => c.json(read()))
  router.get("/docs", (c) => c.body((reference ??= referencePage(read())), 200, pageHeaders))
  router.get(STYLE_PATH, (c) => c.body(style, 200, { "content-type": "text/css; charset=utf-8" }))
  router.get("/problems/:code", (c) => {
    const code = c.req.param("code")
    if (!isCode(code)) throw notFound("kind of problem")
    const { title, text } = problemTexts[code]
    const body = html`<h1>${title}</h1>
      <p><code>${code}</code>, status ${String(problemStatus[code])}</p>
      <p>${prose(text)}</p>
      <p><a href="/docs">The reference of ${name}</a></p>`
    return c.body(page(title, body), 200, pageHeaders)
  })
  return router
}

const isCode = (code: string): code is ProblemCode => Object.hasOwn(problemTexts, code)
