import { eventExamples } from "./event-examples.ts"
import { answerExamples, answerExamplesOf } from "./example-answers.ts"
import { problemExamples } from "./example-problems.ts"
import { requestExamples } from "./example-requests.ts"

/** Hangs the examples on an OpenAPI document: each stands once, under its name, and is referred to from where it belongs. */

interface MediaType {
  schema?: { $ref?: string }
  examples?: Record<string, { $ref: string }>
}
interface Body {
  content?: Record<string, MediaType>
}
interface Operation {
  requestBody?: Body
  responses?: Record<string, Body>
}
interface Document {
  paths?: object
  webhooks?: object
  components?: object
}

const JSON_TYPE = "application/json"
export const METHODS = ["get", "post", "patch", "delete"] as const

export const addExamples = (document: object): void => {
  const { paths = {}, webhooks = {}, components = {} } = document as Document
  const kept: Record<string, { summary?: string; value: unknown }> = {}
  const hang = (media: MediaType | undefined, name: string, value: unknown, summary?: string): void => {
    if (media === undefined || value === undefined) return
    kept[name] = { ...(summary !== undefined && { summary }), value }
    media.examples = { ...media.examples, [name]: { $ref: `#/components/examples/${name}` } }
  }

  for (const [path, method, operation] of operationsOf(paths)) {
    const request = operation.requestBody?.content?.[JSON_TYPE]
    hang(request, shapeOf(request), requestExamples[shapeOf(request)])
    for (const [status, answer] of Object.entries(operation.responses ?? {})) {
      const media = answer.content?.[JSON_TYPE]
      const own = `${method.toUpperCase()} ${path} ${status}`
      // A component's name is made of letters, digits, dots, - and _ alone.
      if (Object.hasOwn(answerExamplesOf, own)) hang(media, nameOf(own), answerExamplesOf[own])
      else hang(media, shapeOf(media), answerExamples[shapeOf(media)])
    }
  }
  const sent: Record<string, unknown> = eventExamples
  for (const [type, , operation] of operationsOf(webhooks))
    hang(operation.requestBody?.content?.[JSON_TYPE], type, sent[type])
  const { responses } = components as { responses?: Record<string, Body> }
  const problem = responses?.["Problem"]?.content?.["application/problem+json"]
  for (const [code, example] of Object.entries(problemExamples)) hang(problem, code, example, example.title)
  Object.assign(components, { examples: kept })
}

const operationsOf = (items: object): [path: string, method: string, operation: Operation][] =>
  Object.entries(items as Record<string, Record<string, Operation>>).flatMap(([path, item]) =>
    METHODS.flatMap((method): [string, string, Operation][] => (item[method] ? [[path, method, item[method]]] : [])),
  )

const shapeOf = (media: MediaType | undefined): string => media?.schema?.$ref?.split("/").at(-1) ?? ""

const nameOf = (operation: string): string => operation.replaceAll(/[^A-Za-z0-9]+/g, "-")
