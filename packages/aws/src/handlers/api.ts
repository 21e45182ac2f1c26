import { Resource } from "sst"

/** Stub, to be replaced: it names what the real one reads. */
export const handler = async () =>
  [
    Resource.Table.name,
    Resource.DeliveryQueue.url,
    Resource.PollQueue.url,
    Resource.Bus.name,
    Resource.AdminKey.value,
    Resource.EncryptionKey.value,
    Resource.ConnectSafelyApiKey.value,
  ].length
