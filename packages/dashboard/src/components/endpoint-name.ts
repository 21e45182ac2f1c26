import type { Endpoint } from "../api/resources.ts"

/** Whoever has a hook's URL can post to it, so that beyond the endpoint's own page only its host is shown. */
export const urlHost = (url: string): string => URL.parse(url)?.host ?? "an unreadable URL"

/** What people call it: its description, else where it leads. */
export const endpointName = ({ description, url }: Pick<Endpoint, "description" | "url">): string =>
  description === null || description.trim() === "" ? urlHost(url) : description
