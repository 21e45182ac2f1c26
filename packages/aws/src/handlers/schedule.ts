import { Resource } from "sst"

/** Stub, to be replaced: it names what the real one reads. */
export const handler = async () => [Resource.Table.name, Resource.PollQueue.url].length
