import { QueryClientProvider, useQuery } from "@tanstack/react-query"
import { useLocation } from "wouter"

import { LIVE_MS } from "../api/live-list.ts"
import { meQuery } from "../api/queries.ts"
import { NoticeProvider } from "../components/notice.tsx"
import { Broken } from "./broken.tsx"
import { Layout } from "./layout.tsx"
import { queryClient } from "./query-client.ts"
import { Routes } from "./routes.tsx"
import { SignIn } from "./sign-in.tsx"
import { Unreachable } from "./unreachable.tsx"

/** How long a page that asks for nothing may go on after the end of its session. */
const ME_MS = 60_000

export const App = () => (
  <QueryClientProvider client={queryClient}>
    <NoticeProvider>
      <Unreachable />
      <Session />
    </NoticeProvider>
  </QueryClientProvider>
)

/** The sign-in takes a page's place and leaves its address alone, so that one comes back to the same page. */
const Session = () => {
  const [path] = useLocation()
  // Also for pages that ask for nothing by themselves: they notice that the session has ended.
  const me = useQuery({ ...meQuery, refetchInterval: ({ state }) => (state.data === undefined ? LIVE_MS : ME_MS) })
  if (me.data === undefined) return <p className="splash">{me.isError ? "Waiting for the API …" : "One moment …"}</p>
  if (me.data === null) return <SignIn />
  return (
    <Layout me={me.data}>
      <Broken key={path}>
        <Routes />
      </Broken>
    </Layout>
  )
}
