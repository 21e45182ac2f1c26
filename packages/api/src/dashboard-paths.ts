/**
 * Where the dashboard has a page. The API answers these with 200 and the dashboard's HTML; the dashboard makes its routes of the
 * same list, so that neither knows a page that the other does not.
 */
export const dashboardPaths = {
  overview: "/",
  signIn: "/sign-in",
  events: "/events",
  event: "/events/:id",
  endpoints: "/endpoints",
  newEndpoint: "/endpoints/new",
  endpoint: "/endpoints/:id",
  deliveries: "/deliveries",
  delivery: "/deliveries/:id",
  accounts: "/accounts",
  account: "/accounts/:id",
  keys: "/keys",
} as const

export type DashboardPage = keyof typeof dashboardPaths
