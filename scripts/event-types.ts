import { CustomEnvelope, envelopes } from "@posthorn/api/event-schemas"
import { Attachment, catalogue, eventTypes, Participant, Reaction } from "@posthorn/core/event"
import openapiTypescript from "openapi-typescript"
import ts from "typescript"
import * as z from "zod"

const REFERENCE = "#/components/schemas/"

/** Names of the parts that events share; without them each part would be written out wherever it stands. */
const nameParts = (registry: z.core.$ZodRegistry<{ id: string }>): void => {
  const message = catalogue["message.received"].data
  for (const [id, schema] of Object.entries({
    Participant,
    Attachment,
    Reaction,
    EventAccount: message.shape.account,
    EventConversation: message.shape.conversation,
    EventMessage: message.shape.message,
    MessageData: message,
  }))
    registry.add(schema, { id })
}

const components = (): { schemas: Record<string, object>; known: string[] } => {
  const registry = z.registry<{ id: string }>()
  nameParts(registry)
  // Anew from the bare shapes: the API's own have their names in its document already.
  const described: [string, string][] = []
  const add = (schema: z.ZodObject, description: string): string => {
    const id = z.globalRegistry.get(schema)?.id
    if (id === undefined) throw new Error(`the schema of "${description}" has no name`)
    registry.add(z.object(schema.shape), { id })
    described.push([id, description])
    return id
  }
  const known = envelopes.map(({ schema, summary }) => add(schema, summary))
  add(CustomEnvelope, "An event of your own, made with `POST /v1/events`: `data` is what was sent with it.")

  const { schemas } = z.toJSONSchema(registry, { uri: (id) => REFERENCE + id })
  for (const [id, description] of described) Object.assign(schemas[id] ?? {}, { description })
  return { schemas, known }
}

/** `components["schemas"]` as openapi-typescript writes it -> one exported interface per schema. */
const interfacesOf = (nodes: ts.Node[]): string => {
  const holder = nodes.find((node) => ts.isInterfaceDeclaration(node) && node.name.text === "components")
  const schemas =
    holder && ts.isInterfaceDeclaration(holder)
      ? holder.members.find((member) => member.name && ts.isIdentifier(member.name) && member.name.text === "schemas")
      : undefined
  if (!schemas || !ts.isPropertySignature(schemas) || !schemas.type || !ts.isTypeLiteralNode(schemas.type))
    throw new Error("openapi-typescript wrote no schemas")

  const printer = ts.createPrinter()
  const file = ts.createSourceFile("events.ts", "", ts.ScriptTarget.Latest)
  return (
    schemas.type.members
      .map((member) => {
        if (!ts.isPropertySignature(member) || !ts.isIdentifier(member.name) || !member.type)
          throw new Error("openapi-typescript wrote a schema without a name or type")
        if (!ts.isTypeLiteralNode(member.type)) throw new Error(`${member.name.text} is not an object`)
        const declaration = ts.factory.createInterfaceDeclaration(
          [ts.factory.createModifier(ts.SyntaxKind.ExportKeyword)],
          member.name,
          undefined,
          undefined,
          member.type.members,
        )
        return comment(member) + printer.printNode(ts.EmitHint.Unspecified, declaration, file)
      })
      .join("\n\n")
      .replaceAll(/components\["schemas"\]\["(\w+)"\]/g, "$1")
      // What the types say already, and tags where plain words do.
      .replaceAll(/\/\*\* @(enum|constant).*\*\/\n/g, "")
      .replaceAll("@description ", "")
      .replaceAll(
        /Format: date-time(\n +\* )?/g,
        (_, more?: string) => `ISO 8601, UTC, with milliseconds${more ? ": " : ""}`,
      )
  )
}

/** A string that begins with fixed text, so that TypeScript tells it from the other types. */
const templateOfPattern = ({ pattern }: { pattern?: string }): ts.TypeNode | undefined => {
  const [, prefix] = /^\^([a-z]+)\\\.$/.exec(pattern ?? "") ?? []
  if (prefix === undefined) return undefined
  const anything = ts.factory.createKeywordTypeNode(ts.SyntaxKind.StringKeyword)
  const span = ts.factory.createTemplateLiteralTypeSpan(anything, ts.factory.createTemplateTail(""))
  return ts.factory.createTemplateLiteralType(ts.factory.createTemplateHead(`${prefix}.`), [span])
}

const comment = (node: ts.Node): string =>
  (ts.getSyntheticLeadingComments(node) ?? []).map(({ text }) => `/*${text}*/\n`).join("")

/** For scripts/docs.ts: the webhook's body as TypeScript. */
export const eventTypesDoc = async () => {
  const { schemas, known } = components()
  const document = { openapi: "3.1.0", info: { title: "Events", version: "1" }, components: { schemas } }
  const nodes = await openapiTypescript(document as Parameters<typeof openapiTypescript>[0], {
    transform: (schema) => templateOfPattern(schema as { pattern?: string }),
  })
  const text = `// Made by \`npm run check -- --fix\` from the catalogue of events. Not to be edited by hand.

${interfacesOf(nodes)}

/** An event of a type that this version of the package knows. */
export type KnownEvent = ${known.join(" | ")}

/**
 * The body of a webhook. A union over \`type\`: in \`case "message.received"\` the compiler knows \`data\`. A later Posthorn may send
 * types that are not listed here, to endpoints that ask for \`["*"]\`: keep a \`default\` that ignores them.
 */
export type PosthornEvent = KnownEvent | CustomEvent

/** The types of \`KnownEvent\`. */
export const eventTypes = ${JSON.stringify(eventTypes)} as const
`
  return ["packages/sdk/src/generated/events.ts", text] as const
}
