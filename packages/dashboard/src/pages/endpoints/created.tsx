import { useEffect } from "react"
import { Link } from "wouter"

import type { EndpointWithSecret } from "../../api/resources.ts"
import { Button } from "../../components/button.tsx"
import { endpointName } from "../../components/names.ts"
import { Card, Page } from "../../components/page.tsx"
import { SecretOnce } from "../../components/secret-once.tsx"
import { TestPanel, useTest } from "./test-panel.tsx"
import { Verification } from "./verification.tsx"
import { endpointPath } from "../../components/paths.ts"

/** What is to be done right after: keep the secret, verify with it, see whether it works. */
export const Created = ({ endpoint }: { endpoint: EndpointWithSecret }) => {
  const test = useTest(endpoint.id)
  // The form is gone and the address the same: the focus would be nowhere.
  useEffect(() => {
    document.getElementById("main")?.focus()
    window.scrollTo(0, 0)
  }, [])
  return (
    <Page
      title="The endpoint is registered"
      lead={
        <>
          <bdi>{endpointName(endpoint)}</bdi> gets events from now on.
        </>
      }
      actions={
        <>
          <Button busy={test.isBusy} onClick={() => test.run()}>
            Send a test
          </Button>
          <Link className="button button-primary" href={endpointPath(endpoint.id)}>
            To the endpoint
          </Link>
        </>
      }
    >
      <TestPanel test={test} />
      <Card title="Its secret">
        <SecretOnce what="secret" secret={endpoint.secret} />
      </Card>
      <Card title="Verify what arrives">
        <Verification />
      </Card>
    </Page>
  )
}
