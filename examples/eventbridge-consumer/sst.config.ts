/// <reference path="./.sst/platform/config.d.ts" />

export default $config({
  app: (input) => ({
    name: "posthorn-consumer",
    version: "4.17.1",
    home: "aws",
    removal: input.stage === "production" ? "retain" : "remove",
    protect: input.stage === "production",
  }),
  async run() {
    await import("./infra/defaults")
    const { bus } = await import("./infra/bus")
    const { messages } = await import("./infra/messages")
    const { functionFailed } = await import("./infra/to-function")
    const { inbox, queueFailed } = await import("./infra/to-queue")
    await import("./infra/forward")
    return {
      bus: bus.arn,
      messages: messages.name,
      inbox: inbox.url,
      functionFailed: functionFailed.url,
      queueFailed: queueFailed.url,
    }
  },
})
