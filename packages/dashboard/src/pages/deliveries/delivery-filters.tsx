import { Button } from "../../components/button.tsx"
import { Choices } from "../../components/choices.tsx"
import { Field } from "../../components/field.tsx"
import type { useFilters } from "../../components/filters.ts"
import { AccountOptions, EndpointOptions } from "../../components/named.tsx"
import { deliveryStatuses, NEEDS_ATTENTION, WAITING } from "./delivery-words.ts"

export const filterNames = ["status", "endpointId", "accountId"] as const
type Filters = ReturnType<typeof useFilters<(typeof filterNames)[number]>>

const presets: [name: string, statuses: readonly string[]][] = [
  ["All", []],
  ["Needs attention", NEEDS_ATTENTION],
  ["Waiting", WAITING],
]

/** What is asked of the server. */
export const DeliveryFilters = ({ filters }: { filters: Filters }) => {
  const { query, set, several } = filters
  const statuses = several("status")
  return (
    <>
      <div className="presets" role="group" aria-label="Presets">
        {presets.map(([name, preset]) => (
          <Button
            key={name}
            aria-pressed={preset.length === statuses.length && preset.every((status) => statuses.includes(status))}
            onClick={() => set("status", preset)}
          >
            {name}
          </Button>
        ))}
      </div>
      <div className="filters">
        <Choices
          label="Status"
          all="All statuses"
          options={deliveryStatuses}
          chosen={statuses}
          onChange={(chosen) => set("status", chosen)}
        />
        <Field label="Endpoint">
          {(props) => (
            <select
              {...props}
              value={query.endpointId ?? ""}
              onChange={({ target }) => set("endpointId", target.value)}
            >
              <EndpointOptions chosen={query.endpointId ?? ""} />
            </select>
          )}
        </Field>
        <Field label="Account">
          {(props) => (
            <select {...props} value={query.accountId ?? ""} onChange={({ target }) => set("accountId", target.value)}>
              <AccountOptions chosen={query.accountId ?? ""} />
            </select>
          )}
        </Field>
      </div>
    </>
  )
}
