import openapiTypescript, { astToString, type OpenAPI3 } from "openapi-typescript"
import ts from "typescript"

import { apiDocument } from "./reference.ts"

const EVENT = "PosthornEvent"
const head = `// Made from the OpenAPI document by \`npm run check -- --fix\`; not to be edited by hand.
import type { ${EVENT} } from "./events.ts"
`

/** For scripts/docs.ts: what the SDK's client is typed by. Events are left to `generated/events.ts`. */
export const openApiTypesDoc = async () => {
  const { webhooks: _, ...document } = apiDocument() as OpenAPI3
  const schemas = Object.entries(document.components?.schemas ?? {}).filter(([name]) => !/.Event$/.test(name))
  const types = await openapiTypescript(
    {
      ...document,
      components: { ...document.components, schemas: { ...Object.fromEntries(schemas), Event: { type: "object" } } },
    },
    {
      transform: (_, { path }) =>
        path === "#/components/schemas/Event" ? ts.factory.createTypeReferenceNode(EVENT) : undefined,
    },
  )
  return ["packages/sdk/src/generated/openapi.ts", head + astToString(types)] as const
}
