/// <reference path="./.sst/platform/config.d.ts" />

export default $config({
  app: (input) => ({
    name: "posthorn",
    // The command refuses to run in another version than the one that the plan was tested with.
    version: "4.17.1",
    home: "aws",
    removal: input.stage === "production" ? "retain" : "remove",
    protect: input.stage === "production",
    providers: { aws: { defaultTags: { tags: { app: "posthorn", stage: input.stage } } } },
  }),
  async run() {
    return {}
  },
})
