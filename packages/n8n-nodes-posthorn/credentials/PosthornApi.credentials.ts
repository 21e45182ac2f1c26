import type { IAuthenticateGeneric, Icon, ICredentialTestRequest, ICredentialType, INodeProperties } from "n8n-workflow"

export class PosthornApi implements ICredentialType {
  name = "posthornApi"

  displayName = "Posthorn API"

  icon: Icon = { light: "file:../icons/posthorn.svg", dark: "file:../icons/posthorn.dark.svg" }

  documentationUrl = "https://posthorn.example.com/docs/n8n"

  properties: INodeProperties[] = [
    {
      displayName: "Base URL",
      name: "url",
      type: "string",
      required: true,
      default: "",
      placeholder: "https://posthorn.example.com",
      description: "Where your Posthorn runs, without /v1",
    },
    {
      displayName: "API Key",
      name: "apiKey",
      type: "string",
      typeOptions: { password: true },
      required: true,
      default: "",
      placeholder: "phk_…",
      description: "A key with the scopes read and endpoints",
    },
  ]

  authenticate: IAuthenticateGeneric = {
    type: "generic",
    properties: { headers: { Authorization: "=Bearer {{$credentials.apiKey}}" } },
  }

  test: ICredentialTestRequest = {
    request: { baseURL: "={{$credentials.url}}", url: "/v1/me", method: "GET" },
  }
}
