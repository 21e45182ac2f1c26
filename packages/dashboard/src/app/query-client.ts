import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query"

import { meQuery } from "../api/queries.ts"
import { isSignedOut } from "../api/problem.ts"

/** A session may end at any request: whoever hears of it asks who is signed in, and the sign-in takes the page's place. */
const onError = (error: unknown): void => {
  if (isSignedOut(error)) queryClient.setQueryData(meQuery.queryKey, null)
}

export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError }),
  mutationCache: new MutationCache({ onError }),
  defaultOptions: {
    // A relay on this machine answers without a network too. What fails is asked again by its interval, so that it recovers by itself.
    queries: { networkMode: "always", retry: false, refetchOnWindowFocus: true },
    mutations: { networkMode: "always", retry: false },
  },
})

/** What one person saw is not for the next who signs in. */
export const forgetAllButMe = (queries: QueryClient): void =>
  queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== meQuery.queryKey[0] })
