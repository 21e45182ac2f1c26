import { useQueryClient } from "@tanstack/react-query"
import { useLocation } from "wouter"

import { api, done } from "../../api/client.ts"
import type { Endpoint } from "../../api/resources.ts"
import { useAction } from "../../components/action.ts"
import { Confirm } from "../../components/dialog.tsx"
import { endpointName } from "../../components/names.ts"
import { countText } from "../../components/count-text.ts"
import { useNotice } from "../../components/notice.tsx"
import { Problem } from "../../components/problem.tsx"
import { endpointQuery } from "./queries.ts"

export const DeleteDialog = ({ endpoint, onClose }: { endpoint: Endpoint; onClose: () => void }) => {
  const [, navigate] = useLocation()
  const queries = useQueryClient()
  const notice = useNotice()
  const remove = useAction({
    act: () => done(api.endpoints[":id"].$delete({ param: { id: endpoint.id }, query: {} })),
    after: () => {
      notice("The endpoint is deleted.")
      navigate("/endpoints")
      queries.removeQueries({ queryKey: endpointQuery(endpoint.id).queryKey })
    },
  })
  return (
    <Confirm
      title="Delete this endpoint?"
      verb="Delete"
      busy={remove.isBusy}
      onConfirm={() => remove.run()}
      onClose={onClose}
    >
      <p>
        <bdi>{endpointName(endpoint)}</bdi> gets nothing more.{" "}
        {endpoint.heldCount === 0
          ? "Deliveries that are still open are cancelled."
          : `${countText(endpoint.heldCount, "held delivery", "held deliveries")} and whatever else is open are cancelled.`}{" "}
        A replay under way ends. This cannot be taken back.
      </p>
      <p className="muted">Events, and the deliveries it had, stay readable for as long as they are kept.</p>
      <Problem error={remove.error} />
    </Confirm>
  )
}
