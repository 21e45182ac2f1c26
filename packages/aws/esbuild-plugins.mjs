// What SST's bundler leaves out of every handler (`nodejs.plugins`); packages/aws/src/build.ts bundles with the same.

/** Where a Lambda finds its credentials; the SDK's whole chain brings clients for SSO, STS and EC2's metadata. */
const environmentOnly = `
  import { fromEnv } from "@aws-sdk/credential-provider-env"
  export const defaultProvider = () => fromEnv()
`

export default [
  {
    name: "zod-without-locales",
    setup: (build) =>
      // English is imported by its own name.
      build.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({ contents: "export {}" })),
  },
  {
    name: "credentials-from-the-environment",
    setup: (build) =>
      build.onLoad({ filter: /[\\/]@aws-sdk[\\/]credential-provider-node[\\/].*\.js$/ }, () => ({
        contents: environmentOnly,
      })),
  },
  {
    // An ES module's import of a built-in one reads each of its properties, those too behind which Node only then loads fetch,
    // WebSocket, streams and web crypto: 50 ms that `require` does not cost.
    name: "built-in-modules-by-require",
    setup: (build) => {
      build.onResolve({ filter: /^(node:)?(http|https|crypto|fs|process|util)$/ }, ({ path, kind }) =>
        kind === "import-statement" ? { path: path.replace(/^(node:)?/, "node:"), namespace: "built-in" } : undefined,
      )
      build.onLoad({ filter: /./, namespace: "built-in" }, ({ path }) => ({
        contents: `module.exports = require(${JSON.stringify(path)})`,
      }))
    },
  },
]
