const NEEDED = [22, 13] as const

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number)

if (major < NEEDED[0] || (major === NEEDED[0] && minor < NEEDED[1])) {
  console.error(`posthorn needs Node ${NEEDED.join(".")} or later, this is Node ${process.versions.node}.`)
  process.exitCode = 2
} else {
  // Only now: an older Node may fail to load what it needs.
  void import("./run.ts").then(async ({ run }) => {
    process.exitCode = await run(process.argv.slice(2))
  })
}
