import { dashboardPaths } from "@posthorn/api/dashboard-paths"
import { Link } from "wouter"

import { May } from "./may.tsx"

/** In a sentence: a link for those who may, the words alone for others. */
export const NewEndpointLink = ({ children }: { children: string }) => (
  <May scope="endpoints" otherwise={children}>
    <Link href={dashboardPaths.newEndpoint}>{children}</Link>
  </May>
)
