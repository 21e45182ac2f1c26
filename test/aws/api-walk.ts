import type { Cloud } from "./cloud.ts"

/** What an operation needs in its body. Those that are not here need none. */
const BODIES: Record<string, unknown> = {
  "POST /v1/endpoints": { url: "https://receivers.test/another", eventTypes: ["custom.walked"] },
  "PATCH /v1/endpoints/{id}": { description: "Patched" },
  "PATCH /v1/accounts/{id}": { label: "Patched" },
  "POST /v1/endpoints/{id}/replay": {},
  "POST /v1/events": { type: "custom.walked", data: {} },
  "POST /v1/keys": { name: "of the walk", scopes: ["read"] },
}

/** Queries that read other indexes than those without a filter, and the endpoint that they ask for. */
const filtered = (endpointId: string): string[] => [
  `/v1/deliveries?endpointId=${endpointId}`,
  `/v1/deliveries?endpointId=${endpointId}&status=exhausted`,
]

interface Operation {
  method: string
  path: string
}

/** What is made is there for the others; what is deleted is of no use to them. */
const turn = ({ method, path }: Operation): number =>
  method === "DELETE" ? 2 : method === "POST" && !path.includes("{") ? 0 : 1

/** Asks for every operation of the API's own description, on what there is; answers those that failed with 500. */
export const walkApi = async (cloud: Cloud): Promise<string[]> => {
  const failed: string[] = []
  const ask = async (target: string, method: string, body?: unknown): Promise<void> => {
    const { status } = await cloud.api(target, body, method)
    if (status === 500) failed.push(`${method} ${target}`)
  }
  const firstOf = async (collection: string): Promise<string> =>
    (await cloud.api<{ data?: { id: string }[] }>(collection)).body.data?.[0]?.id ?? "none"

  for (const target of filtered(await firstOf("/v1/endpoints"))) await ask(target, "GET")
  const { body: document } = await cloud.api<{ paths: Record<string, Record<string, unknown>> }>("/openapi.json")
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method): Operation => ({ method: method.toUpperCase(), path })),
  )
  if (operations.length === 0) throw new Error("the API describes no operation")
  for (const { method, path } of operations.toSorted((a, b) => turn(a) - turn(b))) {
    const [collection = ""] = path.split("/{")
    const id = path.includes("{") ? await firstOf(collection) : ""
    const target = path.replace("{id}", id).replaceAll(/\{\w+\}/g, "none")
    await ask(target, method, method === "GET" ? undefined : (BODIES[`${method} ${path}`] ?? null))
  }
  return failed
}
