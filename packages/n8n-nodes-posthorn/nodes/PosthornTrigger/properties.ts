import type { INodeProperties } from "n8n-workflow"

/** Events about the relay itself, which belong to no account. */
export const OPERATIONAL_TYPES = ["endpoint.disabled", "delivery.exhausted"]

export const CATCH_UP_MINUTES_DEFAULT = 5
/** Posthorn keeps events for 30 days unless it is told otherwise. */
export const CATCH_UP_MINUTES_MAX = 43_200

/** The fields of the node, in the editor's order. Lists are sorted by name, as n8n's lint asks. */
export const properties: INodeProperties[] = [
  {
    displayName: "Events",
    name: "events",
    type: "multiOptions",
    required: true,
    default: ["message.received"],
    description: "What starts the workflow",
    options: [
      {
        name: "Account Status Changed",
        value: "account.status_changed",
        description: "Polling of an account starts to fail, or recovers",
      },
      {
        name: "All of Messages, Conversations and Accounts",
        value: "*",
        description: "All types of these, now and later",
      },
      {
        name: "Conversation Created",
        value: "conversation.created",
        description: "A conversation that began after Posthorn first looked",
      },
      {
        name: "Delivery Exhausted",
        value: "delivery.exhausted",
        description: "Posthorn gave up on sending an event to some endpoint",
      },
      {
        name: "Endpoint Disabled",
        value: "endpoint.disabled",
        description: "Posthorn stopped sending to some endpoint",
      },
      { name: "Message Received", value: "message.received", description: "Someone else wrote" },
      {
        name: "Message Sent",
        value: "message.sent",
        description: "The account's owner wrote, from any device",
      },
      {
        name: "Message Unattributed",
        value: "message.unattributed",
        description: "A message of which LinkedIn does not say who wrote it",
      },
      {
        name: "Message Updated",
        value: "message.updated",
        description: "Text, attachments or reactions of a known message changed",
      },
    ],
  },
  {
    displayName: "Account Names or IDs",
    name: "accounts",
    type: "multiOptions",
    default: [],
    typeOptions: { loadOptionsMethod: "getAccounts" },
    description:
      'Only events of these LinkedIn accounts; none chosen means all. Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
  },
  {
    displayName: "Options",
    name: "options",
    type: "collection",
    placeholder: "Add option",
    default: {},
    options: [
      {
        displayName: "Catch Up (Minutes)",
        name: "catchUpMinutes",
        type: "number",
        default: CATCH_UP_MINUTES_DEFAULT,
        typeOptions: { minValue: 0, maxValue: CATCH_UP_MINUTES_MAX },
        description:
          "How long Posthorn keeps what comes after the workflow went off; it is sent when the workflow is on again. n8n takes a workflow off and on again when a change of it is published. What was on its way before is kept in any case.",
      },
      {
        displayName: "Custom Event Types",
        name: "customEventTypes",
        type: "string",
        default: "",
        placeholder: "custom.lead.scored, custom.test",
        description: "Types of your own that you publish through Posthorn's API, with commas between them",
      },
      {
        displayName: "Filter (JSON)",
        name: "filter",
        type: "json",
        default: "",
        placeholder: '{"data": {"conversation": {"isGroup": [false]}}}',
        description:
          "Which events, in the syntax of EventBridge patterns. Posthorn keeps the others, so they cost no executions.",
      },
      {
        displayName: "Order",
        name: "ordering",
        type: "options",
        default: "none",
        options: [
          {
            name: "As They Come",
            value: "none",
            description: "A retry may arrive after what was written later",
          },
          {
            name: "In Order Within a Conversation",
            value: "conversation",
            description: "The next event of a conversation waits until n8n took the one before it",
          },
        ],
      },
      {
        displayName: "Rate Limit",
        name: "rateLimit",
        type: "number",
        default: 20,
        typeOptions: { minValue: 1, maxValue: 1000 },
        description: "How many events a second Posthorn sends at most",
      },
    ],
  },
]
