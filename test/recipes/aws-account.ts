import { chmodSync, mkdirSync, writeFileSync } from "node:fs"
import path from "node:path"

import { recipeTool } from "../../scripts/recipes.ts"
import { startMoto, whyNoMoto } from "../aws/moto.ts"
import { REGION } from "../aws/pump.ts"
import { run, type Running } from "../kill/process.ts"
import { type StandIn, startStandIn } from "./aws-stand-in.ts"

/** AWS's command line, version 1. Null where it has not been installed. The docs ask for version 2; what 1 lacks of it is put in its place here. */
const awsProgram = (): string | null => {
  const folder = recipeTool("aws")
  return folder === null ? null : path.join(folder, "bin/aws")
}
export const whyNoAws = (): string | null =>
  awsProgram() === null ? "run `node scripts/node.mjs scripts/recipes.ts` to install AWS's command line" : whyNoMoto()

/** Version 1 has no `logs tail`, takes a payload as it is, and has an address of its own for SQS. */
const asVersion2 = (aws: string): string => `#!/bin/bash
case "$1 $2" in
"logs tail")
  group=$3 pattern=() follow=no
  shift 3
  while [ $# -gt 0 ]; do
    case $1 in
    --filter-pattern) pattern=(--filter-pattern "$2"); shift 2 ;;
    --since) shift 2 ;;
    --follow) follow=yes; shift ;;
    *) echo "logs tail: $1?" >&2; exit 252 ;;
    esac
  done
  "${aws}" logs filter-log-events --log-group-name "$group" "\${pattern[@]}" --query "events[].[message]" --output text
  while [ $follow = yes ]; do sleep 1; done ;;
"lambda invoke")
  arguments=()
  for each in "$@"; do case $each in --cli-binary-format | raw-in-base64-out) ;; *) arguments+=("$each") ;; esac; done
  exec "${aws}" "\${arguments[@]}" ;;
"sqs "*) exec "${aws}" --endpoint-url "$AWS_ENDPOINT_URL" "$@" ;;
*) exec "${aws}" "$@" ;;
esac
`

/** An AWS account on this machine, with a shell whose commands ask nothing else. */
export interface Account {
  standIn: StandIn
  /** Starts a script of bash in the repository, as somebody would paste it there. */
  start: (script: string, env?: Record<string, string>) => Running
  /** Runs one to its end; answers what it wrote. Throws where it wrote an error or did not end with 0. */
  sh: (script: string, env?: Record<string, string>) => Promise<string>
  close: () => Promise<void>
}

/** @param folder an empty one, for the shell's home and programs. @param programs by name, in place of those of this machine. */
export const openAccount = async (folder: string, programs: Record<string, string> = {}): Promise<Account> => {
  const moto = await startMoto()
  const standIn = await startStandIn(moto.port, REGION)
  const bin = path.join(folder, "bin")
  mkdirSync(bin)
  for (const [name, text] of Object.entries({
    aws: asVersion2(awsProgram() ?? ""),
    ...programs,
  })) {
    writeFileSync(path.join(bin, name), text)
    chmodSync(path.join(bin, name), 0o755)
  }
  const own = {
    HOME: folder,
    PATH: [bin, path.dirname(process.execPath), process.env["PATH"] ?? ""].join(path.delimiter),
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_PAGER: "",
    AWS_ENDPOINT_URL: standIn.url,
    // Not to be reached but by the proxy: what knows a bucket by its host finds it there.
    AWS_ENDPOINT_URL_S3: "http://s3.amazonaws.com",
    HTTP_PROXY: standIn.url,
    HTTPS_PROXY: standIn.url,
    NO_PROXY: "127.0.0.1,localhost",
  }
  const start: Account["start"] = (script, env = {}) => run(["bash", "-c", script], { ...own, ...env })
  return {
    standIn,
    start,
    sh: async (script, env) => {
      const running = start(script, env)
      const { code } = await running.ended(SCRIPT_WITHIN_MS)
      if (code !== 0 || running.err() !== "") throw new Error(`ended with ${String(code)}: ${running.err()}\n${script}`)
      return running.out()
    },
    close: async () => {
      await standIn.close()
      await moto.close()
    },
  }
}
const SCRIPT_WITHIN_MS = 90_000
