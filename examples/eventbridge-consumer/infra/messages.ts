/** What this app has of it: every message once, by the id of its event. */
export const messages = new sst.aws.Dynamo("Messages", {
  fields: { id: "string" },
  primaryIndex: { hashKey: "id" },
})

/** What both handlers are given. */
export const forKeeping = {
  environment: { MESSAGES: messages.name },
  permissions: [{ actions: ["dynamodb:PutItem"], resources: [messages.arn] }],
}
