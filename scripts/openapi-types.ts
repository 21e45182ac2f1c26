import openapiTypescript, { astToString } from "openapi-typescript"

import { apiDocument } from "./reference.ts"

/** For scripts/docs.ts: what the SDK's client is typed by. Without the webhooks, whose bodies stand in `generated/events.ts`. */
export const openApiTypesDoc = async () => {
  const { webhooks: _, ...document } = apiDocument()
  const types = await openapiTypescript(document as Parameters<typeof openapiTypescript>[0])
  const text = `// Made from the OpenAPI document by \`npm run check -- --fix\`; not to be edited by hand.\n${astToString(types)}`
  return ["packages/sdk/src/generated/openapi.ts", text] as const
}
