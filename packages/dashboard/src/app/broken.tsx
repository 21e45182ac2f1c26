import { Component, type ReactNode } from "react"

import { Page } from "../components/page.tsx"

/** Stands where a page could not be drawn, so that the sections stay in reach. React offers this to classes alone. */
export class Broken extends Component<{ children: ReactNode }, { isBroken: boolean }> {
  override state = { isBroken: false }

  static getDerivedStateFromError(): { isBroken: boolean } {
    return { isBroken: true }
  }

  override render(): ReactNode {
    if (!this.state.isBroken) return this.props.children
    return (
      <Page title="This page could not be shown">
        <p>That is a bug of the dashboard, and the browser&apos;s console says more. Deliveries go on without it.</p>
        <p>
          <a href={location.href}>Load the page again</a>, or see the same through the <a href="/docs">API</a>.
        </p>
      </Page>
    )
  }
}
