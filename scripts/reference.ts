import { createApi } from "@posthorn/api/app"
import type { ApiDeps } from "@posthorn/api/deps"
import { documentOf } from "@posthorn/api/openapi"
import { referencePage } from "@posthorn/api/reference"
import { VERSION } from "@posthorn/local/version"

const deployment = { name: "posthorn", stage: "docs", version: VERSION, upstream: "not_configured" } as const

/** The OpenAPI document of no deployment: routes and their document ask for nothing else before a request comes. */
export const apiDocument = () => documentOf(createApi({ deployment, adminKey: "of nobody" } as ApiDeps), deployment)

/** For scripts/docs.ts: the file that /docs shows, and what is to stand in it before prettier. */
export const referenceDoc = () => ["packages/api/static/docs/index.html", referencePage(apiDocument())] as const
