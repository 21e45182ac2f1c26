export { discover } from "@posthorn/core/poll/discover"
