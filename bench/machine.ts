import { availableParallelism, cpus, loadavg, totalmem } from "node:os"

/** What the figures were taken on. */
export const machineOf = () => ({
  cores: availableParallelism(),
  cpu: cpus()[0]?.model.trim() ?? "unknown",
  memoryGb: Math.round(totalmem() / 1024 ** 3),
  node: process.versions.node,
  platform: `${process.platform} ${process.arch}`,
  /** Over the core count before we start: others are at work here, and every absolute figure is too low. */
  loadBefore: loadavg()[0] ?? 0,
})
