import { spawnSync } from "node:child_process"
import { symlink, writeFile } from "node:fs/promises"
import path from "node:path"

import { describe, vi } from "vitest"

import { blockOf } from "../../scripts/doc-blocks.ts"
import { recipeTool } from "../../scripts/recipes.ts"
import { suite } from "../suite.ts"
import { verifies } from "./verifies.ts"

vi.setConfig({ testTimeout: 60_000 })

const runs = (command: string, ...args: string[]): boolean => spawnSync(command, args, { stdio: "ignore" }).status === 0

const BRING = "run `node scripts/node.mjs scripts/recipes.ts` to install its library"
const [python, go] = [recipeTool("python"), recipeTool("go")]
const phpFolder = process.env.RECIPES_PHP_FOLDER

const ofPython = suite("docs/recipes/python.md", python === null ? BRING : null)
describe.skipIf(ofPython.skip)(ofPython.title, () => {
  verifies(async (folder) => {
    await writeFile(path.join(folder, "receive.py"), blockOf("docs/recipes/python.md", "receive.py"))
    return [path.join(python ?? "", "bin/python"), "receive.py"]
  })
})

const ofGo = suite("docs/recipes/go.md", go === null ? BRING : null)
describe.skipIf(ofGo.skip)(ofGo.title, () => {
  verifies(async (folder) => {
    for (const file of ["go.mod", "go.sum"]) await symlink(path.join(go ?? "", file), path.join(folder, file))
    await writeFile(path.join(folder, "receive.go"), blockOf("docs/recipes/go.md", "receive.go"))
    const { status, stderr } = spawnSync("go", ["build", "-o", "receive", "receive.go"], {
      cwd: folder,
      encoding: "utf8",
    })
    if (status !== 0) throw new Error(stderr)
    return [path.join(folder, "receive")]
  })
})

// CI cannot reach what these two come from: they run where somebody has installed them.
const hasRuby = runs("ruby", "-r", "standardwebhooks", "-r", "webrick", "-e", "")
const ofRuby = suite("docs/recipes/ruby.md", hasRuby ? null : "no gems standardwebhooks and webrick", {
  required: false,
})
describe.skipIf(ofRuby.skip)(ofRuby.title, () => {
  verifies(async (folder) => {
    await writeFile(path.join(folder, "receive.rb"), blockOf("docs/recipes/ruby.md", "receive.rb"))
    const { RUBYLIB } = process.env
    return [
      "ruby",
      ...(RUBYLIB ?? "")
        .split(":")
        .filter(Boolean)
        .flatMap((each) => ["-I", each]),
      "receive.rb",
    ]
  })
})

const hasPhp = phpFolder !== undefined && runs("php", "--version")
const ofPhp = suite("docs/recipes/php.md", hasPhp ? null : "no php, or RECIPES_PHP_FOLDER is not set", {
  required: false,
})
describe.skipIf(ofPhp.skip)(ofPhp.title, () => {
  verifies(async (folder) => {
    await symlink(path.join(phpFolder ?? "", "vendor"), path.join(folder, "vendor"))
    await writeFile(path.join(folder, "receive.php"), blockOf("docs/recipes/php.md", "receive.php"))
    // Without the distribution's php.ini, which hides what PHP's own defaults do.
    return ["sh", "-c", "exec php -n -S 127.0.0.1:$PORT receive.php"]
  })
})
