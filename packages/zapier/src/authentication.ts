import type { Authentication, Bundle, ZObject } from "zapier-platform-core"

import { request } from "./request.ts"

/** Nothing is sure yet of who answers. */
interface MeJson {
  key?: { name: string; scopes: string[] }
  deployment?: { name: string; stage: string; version: string }
}

/** What triggers need; `admin` is all of them. */
const scopesNeeded = ["read", "endpoints"]

interface Connection {
  deployment: string
  stage: string
  version: string
  key_name: string
}

/** Whether base URL and key belong together, and the key may do what triggers do. */
const test = async (z: ZObject, bundle: Bundle): Promise<Connection> => {
  if ((bundle.authData["api_key"] ?? "").trim() === "")
    throw new z.errors.Error("The API key is empty. Make one with POST /v1/keys.", "AuthenticationError")
  const { data } = await request<MeJson | undefined>(z, bundle, { path: "/v1/me" })
  const { key, deployment } = data ?? {}
  // A page that answers 200 to everything is not Posthorn.
  if (deployment === undefined || key === undefined)
    throw new z.errors.Error("There is no Posthorn at this base URL: something else answered.", "NotPosthorn")
  const lacks = scopesNeeded.filter((scope) => !key.scopes.includes(scope) && !key.scopes.includes("admin"))
  if (lacks.length > 0)
    throw new z.errors.Error(
      `This API key lacks the scope ${lacks.join(" and the scope ")}. Make one with the scopes read, endpoints and conversations.`,
      "AuthenticationError",
    )
  const { name, stage, version } = deployment
  return { deployment: name, stage, version, key_name: key.name }
}

/** `posthorn production (zapier)`. Zapier hands in what `test` returned. */
const connectionLabel = async (_z: ZObject, { inputData }: Bundle): Promise<string> => {
  const { deployment, stage, key_name: key } = inputData as unknown as Connection
  return `${deployment} ${stage} (${key})`
}

export const authentication: Authentication = {
  type: "custom",
  fields: [
    {
      key: "base_url",
      label: "Base URL",
      type: "string",
      required: true,
      placeholder: "https://posthorn.example.com",
      helpText: "Where your Posthorn answers. The internet must be able to reach it.",
    },
    {
      key: "api_key",
      label: "API Key",
      type: "password",
      required: true,
      placeholder: "phk_…",
      helpText: "With the scopes `read` and `endpoints`, and `conversations` for typing indicators.",
    },
  ],
  test,
  connectionLabel,
}
