import type { Account, Endpoint } from "../api/resources.ts"

/** What an account is called here: the operator's own name for it, else its owner's. */
export const accountName = (account: Pick<Account, "id" | "label" | "name">): string =>
  account.label ?? account.name ?? account.id

/** Whoever has a hook's URL can post to it: beyond the endpoint's own page only its host is shown. */
export const urlHost = (url: string): string => URL.parse(url)?.host ?? "endpoint"

/** What an endpoint is called here: its description, else the host of its address. */
export const endpointName = ({ description, url }: Pick<Endpoint, "description" | "url">): string =>
  description === null || description.trim() === "" ? urlHost(url) : description
