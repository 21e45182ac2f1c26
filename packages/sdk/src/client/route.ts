import type { paths } from "../generated/openapi.ts"

type Method = "get" | "post" | "put" | "patch" | "delete"

/** Every route of the OpenAPI document, as `GET /v1/endpoints/{id}`. */
export type Route = {
  [Path in keyof paths]: {
    [Name in Method]: paths[Path][Name] extends object ? `${Uppercase<Name>} ${Path}` : never
  }[Method]
}[keyof paths]

/** What no client is for: hints are ConnectSafely's own calls, sessions the dashboard's. */
export type RouteOfOthers = Extract<Route, `${string} /v1/hints/${string}` | `${string} /v1/session`>

type OperationOf<R extends Route> = {
  [Path in keyof paths]: {
    [Name in Method]: R extends `${Uppercase<Name>} ${Path}` ? paths[Path][Name] : never
  }[Method]
}[keyof paths]

type JsonOf<Answer> = Answer extends { content: { "application/json": infer Body } } ? Body : undefined

type GoodStatus = 200 | 201 | 202 | 204

/** What a route answers when all is well: the union over its statuses; undefined for an answer without a body. */
export type AnswerOf<R extends Route> =
  OperationOf<R> extends { responses: infer Responses }
    ? { [Status in keyof Responses & GoodStatus]: JsonOf<Responses[Status]> }[keyof Responses & GoodStatus]
    : never

/** What a route takes in its body. */
export type BodyOf<R extends Route> =
  OperationOf<R> extends { requestBody?: infer Body } ? JsonOf<NonNullable<Body>> : undefined

/** What a route takes as its query, without what `Pages` and filters write themselves. */
export type QueryOf<R extends Route> =
  OperationOf<R> extends { parameters: { query?: infer Query } } ? NonNullable<Query> : never
