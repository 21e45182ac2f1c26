import { dashboardPaths } from "@posthorn/api/dashboard-paths"
import { useQueryClient } from "@tanstack/react-query"
import { type SubmitEvent, useEffect, useState } from "react"
import { useLocation } from "wouter"

import { api, read } from "../api/client.ts"
import { meQuery } from "../api/queries.ts"
import type { Me } from "../api/resources.ts"
import { useAction } from "../components/action.ts"
import { Button } from "../components/button.tsx"
import { Field } from "../components/field.tsx"
import { Problem } from "../components/problem.tsx"
import { Horn } from "./horn.tsx"
import { forgetAllButMe } from "./query-client.ts"

/** The code of the link that a relay prints when it starts. In the fragment, so that it is in no log. */
const codeInAddress = (): string | null => new URLSearchParams(location.hash.slice(1)).get("code")

export const SignIn = () => {
  const queries = useQueryClient()
  const [path, navigate] = useLocation()
  const [key, setKey] = useState("")
  const [isForgotten, setForgotten] = useState(false)

  const after = (me: Me): void => {
    if (path === dashboardPaths.signIn) navigate(dashboardPaths.overview, { replace: true })
    forgetAllButMe(queries)
    queries.setQueryData(meQuery.queryKey, me)
  }
  const byKey = useAction({
    act: async () => {
      const given = key.trim()
      // A header takes no other, and the browser would say so in words of its own.
      if (!/^[\x21-\x7E]+$/.test(given))
        throw new Error("A key has letters, digits, - and _ only: copy it whole, without the … of a shortened one.")
      return read(api.session.$post({ query: {}, json: {} }, { headers: { authorization: `Bearer ${given}` } }))
    },
    after,
  })
  const byCode = useAction({ act: (code: string) => read(api.session.$post({ query: {}, json: { code } })), after })

  const { run } = byCode
  useEffect(() => {
    const code = codeInAddress()
    if (code === null) return
    history.replaceState(null, "", location.pathname)
    run(code)
  }, [run])

  const submit = (event: SubmitEvent): void => {
    event.preventDefault()
    byKey.run()
  }
  if (byCode.isBusy) return <p className="splash">Signing in …</p>
  return (
    <main className="sign-in">
      <h1>
        <Horn /> Posthorn
      </h1>
      <form onSubmit={submit}>
        <Field
          label="API key"
          hint="Begins with phk_, or is the admin key that Posthorn printed when it first started."
        >
          {(props) => (
            <input
              {...props}
              type="password"
              autoComplete="current-password"
              spellCheck={false}
              required
              value={key}
              onChange={(event) => setKey(event.target.value)}
            />
          )}
        </Field>
        <Problem error={byKey.error ?? byCode.error} />
        <Button kind="primary" type="submit" busy={byKey.isBusy}>
          Sign in
        </Button>
      </form>
      <p>
        <Button kind="quiet" aria-expanded={isForgotten} onClick={() => setForgotten(!isForgotten)}>
          Where do I find the key?
        </Button>
      </p>
      {isForgotten && (
        <p className="muted">
          On one machine: each start prints a link that signs you in, and says how to read the admin key from the data
          directory. On AWS it is the secret <code>AdminKey</code>. Any key that was made under Keys works too, within
          its scopes.
        </p>
      )}
    </main>
  )
}
