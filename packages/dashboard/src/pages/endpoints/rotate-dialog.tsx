import { type SubmitEvent, useState } from "react"

import { api, read } from "../../api/client.ts"
import type { Endpoint } from "../../api/resources.ts"
import { useAction } from "../../components/action.ts"
import { Button } from "../../components/button.tsx"
import { Dialog } from "../../components/dialog.tsx"
import { Problem } from "../../components/problem.tsx"
import { SecretOnce } from "../../components/secret-once.tsx"
import { Time } from "../../components/time.tsx"

const overlaps = [
  [86_400, "24 hours: time to change it in your receiver"],
  [3_600, "1 hour"],
  [0, "None: it leaked. Your receiver refuses webhooks until it has the new one"],
] as const

/** A new secret, shown once. While the old one counts, either verifies. */
export const RotateDialog = ({ endpoint, onClose }: { endpoint: Endpoint; onClose: () => void }) => {
  const [overlapSeconds, setOverlap] = useState<number>(overlaps[0][0])
  const rotate = useAction({
    act: () =>
      read(
        api.endpoints[":id"]["rotate-secret"].$post({
          param: { id: endpoint.id },
          query: {},
          json: { overlapSeconds },
        }),
      ),
  })
  const submit = (event: SubmitEvent): void => {
    event.preventDefault()
    rotate.run()
  }
  if (rotate.result !== undefined)
    return (
      <Dialog title="The new secret" onClose={onClose} isToBeRead>
        <SecretOnce what="secret" secret={rotate.result.secret} />
        <p>
          {rotate.result.previousSecretExpiresAt === null ? (
            "The old one does not count any more."
          ) : (
            <>
              Until <Time at={rotate.result.previousSecretExpiresAt} as="both" /> the old one verifies, too.
            </>
          )}
        </p>
        <div className="actions">
          <Button kind="primary" onClick={onClose}>
            Done
          </Button>
        </div>
      </Dialog>
    )
  return (
    <Dialog title="Rotate the secret" onClose={onClose}>
      <form onSubmit={submit}>
        <fieldset>
          <legend>How long the old secret signs along</legend>
          {overlaps.map(([seconds, text]) => (
            <label className="check" key={seconds}>
              <input
                type="radio"
                name="overlap"
                checked={overlapSeconds === seconds}
                onChange={() => setOverlap(seconds)}
              />
              {text}
            </label>
          ))}
        </fieldset>
        <Problem error={rotate.error} />
        <div className="actions">
          <Button kind={overlapSeconds === 0 ? "danger" : "primary"} type="submit" busy={rotate.isBusy}>
            Rotate secret
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </div>
      </form>
    </Dialog>
  )
}
