import { ENDPOINT_ID, customExample, CONVERSATION_ID } from "./event-examples.ts"

/** A body for each request that takes one, by the name of its shape. */
export const requestExamples: Record<string, unknown> = {
  EndpointCreate: {
    url: "https://hooks.example.com/catch/1/abc/",
    description: "CRM",
    eventTypes: ["message.received", "message.sent"],
    filter: { data: { message: { text: [{ wildcard: "*invoice*" }] } } },
    ordering: "conversation",
    headers: { "x-crm-token": "a-token-of-the-crm" },
    rateLimit: 10,
    metadata: { team: "sales" },
  },
  EndpointPatch: { eventTypes: ["*"], filter: null, headers: { "x-crm-token": "[redacted]", "x-region": "eu" } },
  EndpointPreview: {
    eventTypes: ["message.received"],
    filter: { data: { message: { text: [{ wildcard: "*invoice*" }] } } },
  },
  EndpointRotate: { overlapSeconds: 3_600 },
  CustomEventCreate: { type: customExample.type, data: customExample.data },
  AccountPatch: { label: "Jane, sales", paused: false, pollSeconds: 30 },
  BackfillCreate: { since: "2026-11-01T00:00:00Z", endpointIds: [ENDPOINT_ID], dryRun: false },
  TypingCreate: { conversationId: CONVERSATION_ID },
  KeyCreate: { name: "zapier", scopes: ["read", "endpoints"], expiresAt: "2027-11-14T00:00:00Z" },
  SessionCreate: { code: "k3Jd8WmQ0xVz5LtYb9RfCAEXAMPLEEXA" },
  ReplayCreate: {
    since: "2026-11-14T00:00:00Z",
    until: "2026-11-15T00:00:00Z",
    eventTypes: ["message.received"],
    onlyFailed: true,
    dryRun: false,
  },
}
