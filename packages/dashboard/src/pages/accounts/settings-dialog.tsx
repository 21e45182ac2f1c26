import { type SubmitEvent, useState } from "react"

import { api, read } from "../../api/client.ts"
import { fieldMessage } from "../../api/problem.ts"
import type { Account } from "../../api/resources.ts"
import { useAction } from "../../components/action.ts"
import { Button } from "../../components/button.tsx"
import { Dialog } from "../../components/dialog.tsx"
import { Field } from "../../components/field.tsx"
import { useNotice } from "../../components/notice.tsx"
import { numberOf } from "../../components/number-field.ts"
import { Problem } from "../../components/problem.tsx"

export const SettingsDialog = ({ account, onClose }: { account: Account; onClose: () => void }) => {
  const [label, setLabel] = useState(account.label ?? "")
  const [pollSeconds, setPollSeconds] = useState(account.pollSeconds === null ? "" : String(account.pollSeconds))
  const notice = useNotice()
  const save = useAction({
    act: () =>
      read(
        api.accounts[":id"].$patch({
          param: { id: account.id },
          query: {},
          json: {
            label: label === "" ? null : label,
            pollSeconds: numberOf(pollSeconds),
          },
        }),
      ),
    after: () => {
      notice("Saved.")
      onClose()
    },
  })
  const submit = (event: SubmitEvent): void => {
    event.preventDefault()
    save.run()
  }
  return (
    <Dialog title="Settings of the account" onClose={onClose}>
      <form onSubmit={submit}>
        <Field label="Label" hint="A name of your own." error={fieldMessage(save.error, "/label")}>
          {(props) => <input {...props} value={label} onChange={(event) => setLabel(event.target.value)} />}
        </Field>
        <Field
          label="Interval, in seconds"
          hint="How often it is polled; empty: the deployment's interval."
          error={fieldMessage(save.error, "/pollSeconds")}
        >
          {(props) => (
            <input
              {...props}
              inputMode="numeric"
              value={pollSeconds}
              onChange={(event) => setPollSeconds(event.target.value)}
            />
          )}
        </Field>
        <Problem error={save.error} />
        <div className="actions">
          <Button kind="primary" type="submit" busy={save.isBusy}>
            Save
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </div>
      </form>
    </Dialog>
  )
}
