import type { Scope } from "@posthorn/core/key"
import { useQuery } from "@tanstack/react-query"
import type { ReactNode } from "react"

import { meQuery } from "../api/queries.ts"
import type { Me } from "../api/resources.ts"

/** Whether a key may do what needs this scope; `admin` is every scope. */
export const may = (me: Pick<Me, "key"> | null | undefined, scope: Scope): boolean =>
  me?.key.scopes.some((held) => held === scope || held === "admin") ?? false

/** What can be done by whoever is signed in, for those who may; the API would refuse the others, who see `otherwise`, or nothing. */
export const May = ({
  scope,
  children,
  otherwise = null,
}: {
  scope: Scope
  children: ReactNode
  otherwise?: ReactNode
}) => (may(useQuery(meQuery).data, scope) ? children : otherwise)
