/// <reference path="./.sst/platform/config.d.ts" />

export default $config({
  app: (input) => ({
    name: "posthorn",
    // The command refuses to run in a version other than the one that the plan is tested with.
    version: "4.17.1",
    home: "aws",
    removal: input.stage === "production" ? "retain" : "remove",
    protect: input.stage === "production",
    // The region is the AWS profile's own.
    providers: { aws: { defaultTags: { tags: { app: "posthorn", stage: input.stage } } } },
  }),
  async run() {
    await import("./infra/defaults")
    const { bus } = await import("./infra/bus")
    await import("./infra/poll")
    await import("./infra/fanout")
    await import("./infra/deliver")
    const { api } = await import("./infra/api")
    const { alerts } = await import("./infra/alarms")
    await import("./infra/dashboard")
    return { api: api.url, bus: bus.name, alerts }
  },
})
