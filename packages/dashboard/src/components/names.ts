import type { Account, Endpoint } from "../api/resources.ts"

/** What an account is called here: the operator's own name for it, else its owner's. */
export const accountName = (account: Pick<Account, "id" | "label" | "name">): string =>
  account.label ?? account.name ?? account.id

/** What an endpoint is called here: its description, else the host of its address, which alone is no secret. */
export const endpointName = ({ description, url }: Pick<Endpoint, "description" | "url">): string =>
  description ?? URL.parse(url)?.host ?? "endpoint"
