import type { Deployment, FunctionName } from "./deployment.ts"
import { ADMIN_KEY } from "./request-event.ts"
import type { Resources } from "./resources.ts"

/** SST puts links into a file beside the bundle, encrypted with this; the tests give them as `sst shell` does. */
const OF_THE_FILE = new Set(["SST_KEY", "SST_KEY_FILE"])

const SECRETS: Record<string, string> = {
  AdminKey: ADMIN_KEY,
  EncryptionKey: `${Buffer.alloc(32, 1).toString("base64")},${Buffer.alloc(32, 2).toString("base64")}`,
}

export interface EnvironmentOptions {
  /** A link that is left out. */
  without: string | null
  upstreamUrl: string
  /** Those that a good stage has are here already. One that is in neither place is not set: it has its placeholder. */
  secrets: Record<string, string>
}

/** What the plan gives a function, and nothing else: its variables, and its links in terms of the emulators. */
export const environmentOf = (
  { plan, functions }: Deployment,
  name: FunctionName,
  resources: Pick<Resources, "urls" | "tableName" | "busName">,
  { without, upstreamUrl, secrets }: EnvironmentOptions,
): Record<string, string> => {
  const link = (linked: string): Record<string, unknown> => {
    const { type, url, ...properties } = plan.links[linked]!
    switch (type) {
      case "sst.sst.Secret":
        return { type, value: { ...SECRETS, ...secrets }[linked] ?? properties.value }
      case "sst.aws.Queue":
        return { type, url: resources.urls.get(String(url).slice(String(url).lastIndexOf("/") + 1)) }
      case "sst.aws.Dynamo":
        return { type, name: resources.tableName }
      case "sst.aws.Bus":
        return { type, name: resources.busName }
      default:
        throw new Error(`the tests have nothing for the link ${linked}, a ${String(type)}`)
    }
  }
  const { links, environment } = functions[name]
  const linked = links.filter((one) => one !== without).map((one) => [`SST_RESOURCE_${one}`, JSON.stringify(link(one))])
  const variables = Object.entries(environment).filter(([variable]) => !OF_THE_FILE.has(variable))
  const given = Object.fromEntries([...variables, ...linked]) as Record<string, string>
  // Only in place of what the plan passes on.
  return "CONNECTSAFELY_BASE_URL" in given ? { ...given, CONNECTSAFELY_BASE_URL: upstreamUrl } : given
}
