import { dashboardPaths } from "@posthorn/api/dashboard-paths"
import { useQueryClient } from "@tanstack/react-query"
import { type ReactNode, useEffect, useRef } from "react"
import { Link, useLocation } from "wouter"

import { api, done } from "../api/client.ts"
import { meQuery } from "../api/queries.ts"
import type { Me } from "../api/resources.ts"
import { useAction } from "../components/action.ts"
import { Button } from "../components/button.tsx"
import { Problem } from "../components/problem.tsx"
import { Horn } from "./horn.tsx"
import { forgetAllButMe } from "./query-client.ts"
import { may } from "../components/may.tsx"

const sections = [
  ["Overview", dashboardPaths.overview],
  ["Events", dashboardPaths.events],
  ["Endpoints", dashboardPaths.endpoints],
  ["Deliveries", dashboardPaths.deliveries],
  ["Accounts", dashboardPaths.accounts],
  ["Keys", dashboardPaths.keys],
] as const

export const Layout = ({ me, children }: { me: Me; children: ReactNode }) => {
  const [location] = useLocation()
  const queries = useQueryClient()
  const main = useRef<HTMLElement>(null)
  const isFirst = useRef(true)
  // Someone who does not see the page change hears it: the focus goes to what is new.
  useEffect(() => {
    if (!isFirst.current) main.current?.focus()
    isFirst.current = false
    window.scrollTo(0, 0)
  }, [location])
  const signOut = useAction({
    act: () => done(api.session.$delete({ query: {} })),
    after: () => {
      queries.setQueryData(meQuery.queryKey, null)
      forgetAllButMe(queries)
    },
  })
  return (
    <div className="frame">
      <a className="skip" href="#main">
        Skip to the page
      </a>
      <header className="side">
        <Link className="brand" href={dashboardPaths.overview}>
          <Horn />
          <span>Posthorn</span>
        </Link>
        <nav aria-label="Sections">
          {sections.map(([name, path]) => (
            <Link key={path} href={path} aria-current={isWithin(location, path) ? "page" : undefined}>
              {name}
            </Link>
          ))}
        </nav>
        <div className="whoami">
          <p>
            {me.deployment.name} · {me.deployment.stage} · {me.deployment.version}
          </p>
          <p>
            Signed in with the key <bdi>{me.key.name}</bdi>
            {!may(me, "admin") && <>, which may: {me.key.scopes.join(", ")}</>}
          </p>
          <p className="whoami-links">
            <a href="/docs">API reference</a>
            <Button kind="quiet" busy={signOut.isBusy} onClick={() => signOut.run()}>
              Sign out
            </Button>
          </p>
          <Problem error={signOut.error} />
        </div>
      </header>
      <main id="main" ref={main} tabIndex={-1}>
        {me.deployment.upstream === "simulator" && (
          <p className="note">
            The people here are invented: the built-in simulator is running. Set <code>CONNECTSAFELY_API_KEY</code> and
            start again for your own accounts.
          </p>
        )}
        {me.deployment.upstream === "not_configured" && (
          <p className="note note-warn">
            No key for ConnectSafely is set, so nothing is polled. Set it as <code>ConnectSafelyApiKey</code> and deploy
            again.
          </p>
        )}
        {children}
      </main>
    </div>
  )
}

const isWithin = (location: string, path: string): boolean =>
  path === "/" ? location === "/" : location === path || location.startsWith(`${path}/`)
