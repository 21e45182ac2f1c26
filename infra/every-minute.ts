/** A missed or failed tick is not tried again: the next one is a minute away, and does its work. */
export const onlyNow = {
  retries: 0 as const,
  transform: { eventInvokeConfig: { maximumEventAgeInSeconds: 60 } },
}

export const everyMinute = (name: string, fn: sst.aws.Function) =>
  new sst.aws.CronV2(name, {
    schedule: "rate(1 minute)",
    function: fn.arn,
    retries: 0,
    // EventBridge Scheduler puts the time in: that of the tick, however late the event comes.
    event: { scheduledTime: "<aws.scheduler.scheduled-time>" },
  })
