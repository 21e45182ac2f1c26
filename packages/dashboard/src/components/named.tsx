import { useQuery } from "@tanstack/react-query"
import { Link } from "wouter"

import { accountsQuery, endpointsQuery } from "../api/queries.ts"
import { accountName, endpointName } from "./names.ts"
import { endpointPath } from "./paths.ts"
import { cut, Excerpt } from "./untrusted.tsx"

/** Accounts and endpoints by their names, wherever they are told by their ids. Upstream names accounts: a name may be anything. */

const NAME_MAX = 60

/** `known` is what an event calls it, for an account that is not listed any more. */
export const AccountName = ({ id, known = null }: { id: string; known?: string | null }) => {
  const account = useQuery(accountsQuery).data?.find((listed) => listed.id === id)
  return <Excerpt text={account === undefined ? (known ?? id) : accountName(account)} max={NAME_MAX} />
}

/** A link to its page. One that is not listed has been deleted: its id is all that is left. */
export const EndpointName = ({ id }: { id: string }) => {
  const { data } = useQuery(endpointsQuery)
  const endpoint = data?.find((listed) => listed.id === id)
  if (endpoint === undefined)
    return (
      <>
        <code>{id}</code>
        {data !== undefined && <span className="muted"> deleted</span>}
      </>
    )
  return (
    <Link href={endpointPath(id)}>
      <Excerpt text={endpointName(endpoint)} max={NAME_MAX} />
    </Link>
  )
}

interface Option {
  id: string
  name: string
}

/** The options of a select; what an address brings and nobody lists stands among them. */
const Options = ({ all, options, chosen }: { all: string; options: Option[]; chosen: string }) => (
  <>
    <option value="">{all}</option>
    {options.map(({ id, name }) => (
      <option key={id} value={id}>
        {name.length > NAME_MAX ? `${cut(name, NAME_MAX)} …` : name}
      </option>
    ))}
    {chosen !== "" && !options.some(({ id }) => id === chosen) && <option value={chosen}>{chosen}</option>}
  </>
)

export const AccountOptions = ({ chosen }: { chosen: string }) => {
  const accounts = useQuery(accountsQuery).data ?? []
  const options = accounts.map((account) => ({ id: account.id, name: accountName(account) }))
  return <Options all="All accounts" options={options} chosen={chosen} />
}

export const EndpointOptions = ({ chosen }: { chosen: string }) => {
  const endpoints = useQuery(endpointsQuery).data ?? []
  const options = endpoints.map((endpoint) => ({ id: endpoint.id, name: endpointName(endpoint) }))
  return <Options all="All endpoints" options={options} chosen={chosen} />
}
