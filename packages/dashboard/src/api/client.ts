import type { Api } from "@posthorn/api/app"
import { type ClientResponse, hc } from "hono/client"

import { noteReachable, noteUnreachable } from "./connection.ts"
import { type Problem, ProblemError, UnreachableError } from "./problem.ts"

/** The session's cookie goes with each request by itself; without this header the API takes no write on a cookie's word. */
const headers = { "x-posthorn-dashboard": "1" }
const TIMEOUT_MS = 20_000

const ask: typeof fetch = async (input, init) => {
  try {
    const response = await fetch(input, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) })
    noteReachable()
    return response
  } catch (error) {
    noteUnreachable()
    throw new UnreachableError({ cause: error })
  }
}

/** The public API, as its routes are typed. */
export const api = hc<Api>(location.origin, { headers, fetch: ask }).v1

type Json<Response> = Response extends ClientResponse<infer Body> ? Body : never

/** The JSON of an answer; what is no success is thrown as a ProblemError. */
export const read = async <Response extends ClientResponse<unknown>>(
  asked: Promise<Response>,
): Promise<Json<Response>> => {
  const response = await asked
  if (response.ok) return (await response.json()) as Json<Response>
  throw new ProblemError(response.status, await problemOf(response))
}

/** For an answer without a body. */
export const done = async (asked: Promise<ClientResponse<unknown>>): Promise<void> => {
  const response = await asked
  if (!response.ok) throw new ProblemError(response.status, await problemOf(response))
}

const problemOf = async (response: ClientResponse<unknown>): Promise<Problem | null> => {
  try {
    return (await response.json()) as Problem
  } catch {
    return null
  }
}
