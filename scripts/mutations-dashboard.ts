import type { Mutation } from "./mutations.ts"

const page = (file: string): string => `packages/dashboard/src/${file}`
const api = (file: string): string => `packages/api/src/${file}`

/** Breaks in the dashboard and in how it is served; see mutations.ts. */
export const dashboardMutations: Mutation[] = [
  {
    name: "dashboard: a handful of failures is an alarm",
    file: page("pages/overview/attention.ts"),
    from: "attempts < ATTEMPTS_MIN ||",
    to: "attempts < 0 ||",
    tests: [page("pages/overview/attention.test.ts")],
  },
  {
    name: "dashboard: the minute under way is not drawn",
    file: page("pages/overview/timeline.ts"),
    from: "at < Date.parse(until)",
    to: "at + MINUTE_MS <= Date.parse(until)",
    tests: [page("pages/overview/timeline.test.ts")],
  },
  {
    name: "dashboard: an address that does not exist is found",
    file: api("dashboard.ts"),
    from: "return sendPage(c, deps, 404)",
    to: "return sendPage(c, deps, 200)",
    tests: [api("dashboard.test.ts")],
  },
  {
    name: "dashboard: the page may run what stands in it",
    file: api("dashboard.ts"),
    from: `"script-src 'self'",`,
    to: `"script-src 'self' 'unsafe-inline'",`,
    tests: [api("dashboard.test.ts")],
  },
  {
    name: "dashboard: any address may be followed",
    file: page("components/outside-link.tsx"),
    from: "isFollowable(href) ? (",
    to: 'href !== "" ? (',
    tests: ["test/dashboard/hostile.test.ts"],
  },
  {
    name: "dashboard: a button that the API would refuse is shown",
    file: page("components/may.tsx"),
    from: 'held === scope || held === "admin"',
    to: 'held !== ""',
    tests: ["test/dashboard/words.test.ts"],
  },
  {
    name: "dashboard: two deployments on one machine share a cookie",
    file: api("session-cookie.ts"),
    from: "`_${port}`",
    to: '""',
    tests: [api("session.test.ts")],
  },
]
