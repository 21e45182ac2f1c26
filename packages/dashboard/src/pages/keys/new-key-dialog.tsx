import { type SubmitEvent, useState } from "react"

import { api, read } from "../../api/client.ts"
import { fieldMessage } from "../../api/problem.ts"
import type { Key } from "../../api/resources.ts"
import { useAction } from "../../components/action.ts"
import { Button } from "../../components/button.tsx"
import { Dialog } from "../../components/dialog.tsx"
import { Field } from "../../components/field.tsx"
import { instantOf } from "../../components/instant-field.ts"
import { Problem } from "../../components/problem.tsx"
import { SecretOnce } from "../../components/secret-once.tsx"

type Scope = Key["scopes"][number]

const scopes: [Scope, string][] = [
  ["read", "see everything"],
  ["endpoints", "make and change endpoints; retry and replay"],
  ["conversations", "send typing indicators"],
  ["admin", "everything, keys and accounts too"],
]

export const NewKeyDialog = ({ onClose }: { onClose: () => void }) => {
  const [name, setName] = useState("")
  const [chosen, setChosen] = useState<Scope[]>(["read"])
  const [expires, setExpires] = useState("")
  const create = useAction({
    act: () =>
      read(api.keys.$post({ query: {}, header: {}, json: { name, scopes: chosen, expiresAt: instantOf(expires) } })),
  })
  const submit = (event: SubmitEvent): void => {
    event.preventDefault()
    create.run()
  }
  if (create.result !== undefined)
    return (
      <Dialog title="The key is made" onClose={onClose} isToBeRead>
        <SecretOnce what="key" secret={create.result.key} />
        <div className="actions">
          <Button kind="primary" onClick={onClose}>
            Done
          </Button>
        </div>
      </Dialog>
    )
  const scopesError = fieldMessage(create.error, "/scopes")
  return (
    <Dialog title="Make a key" onClose={onClose}>
      <form onSubmit={submit}>
        <Field label="Name" hint="What the key is for: zapier, crm …" error={fieldMessage(create.error, "/name")}>
          {(props) => <input {...props} value={name} onChange={(event) => setName(event.target.value)} />}
        </Field>
        <fieldset>
          <legend>Scopes</legend>
          {scopes.map(([scope, words]) => (
            <label key={scope} className="check">
              <input
                type="checkbox"
                checked={chosen.includes(scope)}
                onChange={({ target }) =>
                  setChosen(target.checked ? [...chosen, scope] : chosen.filter((other) => other !== scope))
                }
              />
              <span>
                <code>{scope}</code> {words}
              </span>
            </label>
          ))}
          {scopesError !== null && <p className="field-error">{scopesError}</p>}
        </fieldset>
        <Field label="Expires" hint="Empty: not by itself." error={fieldMessage(create.error, "/expiresAt")}>
          {(props) => (
            <input
              {...props}
              type="datetime-local"
              value={expires}
              onChange={(event) => setExpires(event.target.value)}
            />
          )}
        </Field>
        <Problem error={create.error} />
        <div className="actions">
          <Button kind="primary" type="submit" busy={create.isBusy}>
            Make
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </div>
      </form>
    </Dialog>
  )
}
