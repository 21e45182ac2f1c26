import { type SubmitEvent, useRef, useState } from "react"

import { api, read } from "../../api/client.ts"
import type { Endpoint } from "../../api/resources.ts"
import { useAction } from "../../components/action.ts"
import { Button } from "../../components/button.tsx"
import { Dialog } from "../../components/dialog.tsx"
import { useNotice } from "../../components/notice.tsx"
import { Problem } from "../../components/problem.tsx"
import { EndpointFields } from "./endpoint-fields.tsx"
import { changeOf, type EndpointChange, formOf } from "./endpoint-form.ts"
import { useFocusOnBlamed } from "./focus-on-blamed.ts"

/** Changes what was touched, and leaves alone what others change meanwhile. */
export const EditDialog = ({ endpoint, onClose }: { endpoint: Endpoint; onClose: () => void }) => {
  const [before] = useState(() => formOf(endpoint))
  const [form, setForm] = useState(before)
  const notice = useNotice()
  const save = useAction({
    act: (json: EndpointChange) => read(api.endpoints[":id"].$patch({ param: { id: endpoint.id }, query: {}, json })),
    after: () => {
      notice("Saved. It takes effect within two seconds.")
      onClose()
    },
  })
  const element = useRef<HTMLFormElement>(null)
  useFocusOnBlamed(element, save.error)

  const change = changeOf(before, form)
  const isNothing = change !== null && Object.keys(change).length === 0
  const submit = (event: SubmitEvent): void => {
    event.preventDefault()
    if (change !== null) save.run(change)
  }
  return (
    <Dialog title="Edit the endpoint" onClose={onClose}>
      <form ref={element} onSubmit={submit} noValidate>
        <EndpointFields
          form={form}
          onChange={(changed) => setForm((now) => ({ ...now, ...changed }))}
          error={save.error}
          isNew={false}
        />
        <Problem error={save.error} />
        <div className="actions">
          <Button
            kind="primary"
            type="submit"
            busy={save.isBusy}
            disabled={save.isBusy || change === null || isNothing}
          >
            Save
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </div>
      </form>
    </Dialog>
  )
}
