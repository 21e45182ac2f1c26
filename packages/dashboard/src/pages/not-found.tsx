import { Link } from "wouter"

import { Page } from "../components/page.tsx"

export const NotFoundPage = () => (
  <Page title="There is no such page">
    <p>The address may be mistyped, or of an older version.</p>
    <p>
      <Link href="/">To the overview</Link>
    </p>
  </Page>
)

/** A page about a thing that is not there (any more). */
export const Absent = ({ what }: { what: string }) => (
  <Page title={`There is no such ${what}`}>
    <p>It may have been deleted, or is older than what is kept.</p>
    <p>
      <Link href="/">To the overview</Link>
    </p>
  </Page>
)
