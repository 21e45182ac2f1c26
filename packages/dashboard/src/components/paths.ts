import { dashboardPaths } from "@posthorn/api/dashboard-paths"

/** Addresses of pages about one thing, and of lists under filters. */

export const eventPath = (id: string): string => `${dashboardPaths.events}/${encodeURIComponent(id)}`
export const deliveryPath = (id: string): string => `${dashboardPaths.deliveries}/${encodeURIComponent(id)}`
export const endpointPath = (id: string): string => `${dashboardPaths.endpoints}/${encodeURIComponent(id)}`
export const accountPath = (id: string): string => `${dashboardPaths.accounts}/${encodeURIComponent(id)}`

export const eventsPath = (filters: Partial<Record<"type" | "accountId" | "conversationId", string>>): string =>
  `${dashboardPaths.events}?${new URLSearchParams(filters).toString()}`
