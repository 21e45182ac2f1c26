import { SettingsError, type Settings, toSettings } from "@posthorn/core/settings"
import { Resource } from "sst"

/**
 * Everything that a deployment tells its functions: the only reader of SST's `Resource` and of the environment. One function for
 * each thing, so that a bundle names what its handler uses and nothing else; a link that is missing names itself (SST's error).
 */

export const appName = (): string => Resource.App.name
export const stage = (): string => Resource.App.stage
export const tableName = (): string => Resource.Table.name
export const busName = (): string => Resource.Bus.name
export const deliveryQueueUrl = (): string => Resource.DeliveryQueue.url
export const pollQueueUrl = (): string => Resource.PollQueue.url

/** Null where it was not set: such a stage polls nothing and says so. */
export const connectSafelyApiKey = (): string | null => {
  const key = Resource.ConnectSafelyApiKey.value.trim()
  if (key === "") return null
  return checked("ConnectSafelyApiKey", key, /^[\x21-\x7e]{1,500}$/, "the API key as ConnectSafely shows it")
}

export const adminKey = (): string =>
  checked(
    "AdminKey",
    Resource.AdminKey.value.trim(),
    /^[\w.~+/=-]{16,200}$/,
    "16 to 200 letters, digits or any of - . _ ~ + / =",
  )

/** Null where it was not set: such a stage takes no hints. */
export const hintSecret = (): string | null => {
  const hint = Resource.HintSecret.value.trim()
  if (hint === "") return null
  return checked("HintSecret", hint, /^[\x21-\x7e]{16,500}$/, "16 to 500 characters without spaces")
}

/** The first encrypts, all decrypt. */
export const encryptionKeys = (): Uint8Array[] =>
  checked(
    "EncryptionKey",
    Resource.EncryptionKey.value.replace(/\s/g, ""),
    /^[\w+/-]{43}=?(,[\w+/-]{43}=?){0,9}$/,
    "32 bytes in base64, or up to 10 such keys with commas between them",
  )
    .split(",")
    .map((key) => new Uint8Array(Buffer.from(key, "base64")))

/** Never repeats the value. */
const checked = (name: string, value: string, right: RegExp, write: string): string => {
  if (right.test(value)) return value
  const what = value === "" ? "is not set" : "is not valid"
  throw new Error(`The secret ${name} ${what}: npx sst secret set ${name} <${write}> --stage ${stage()}`)
}

/** The settings that a Lambda has. Neither secrets nor private URLs are among them: those are never allowed on AWS. */
export type CloudSettings = Pick<
  Settings,
  | "accountIds"
  | "connectsafelyBaseUrl"
  | "connectsafelyDialect"
  | "logLevel"
  | "pollSeconds"
  | "requestsPerMinute"
  | "retentionDays"
  | "retrySeconds"
>

export const settings = (): CloudSettings => (read ??= readSettings())
let read: CloudSettings | null = null

const readSettings = (): CloudSettings => {
  try {
    // There is no simulator here, whose quicker defaults a missing key would bring.
    return toSettings({ ...process.env, CONNECTSAFELY_API_KEY: "a-secret-of-SST" })
  } catch (error) {
    if (error instanceof SettingsError)
      throw new Error(`The function's environment: ${error.message}`, { cause: error })
    throw error
  }
}
