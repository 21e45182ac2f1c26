import { api, done } from "../../api/client.ts"
import type { Key } from "../../api/resources.ts"
import { useAction } from "../../components/action.ts"
import { Confirm } from "../../components/dialog.tsx"
import { useNotice } from "../../components/notice.tsx"
import { Problem } from "../../components/problem.tsx"

export const RevokeDialog = ({ keyToRevoke: key, onClose }: { keyToRevoke: Key; onClose: () => void }) => {
  const notice = useNotice()
  const revoke = useAction({
    act: () => done(api.keys[":id"].$delete({ param: { id: key.id }, query: {} })),
    after: () => {
      notice("Revoked.")
      onClose()
    },
  })
  return (
    <Confirm title="Revoke the key" verb="Revoke" busy={revoke.isBusy} onConfirm={() => revoke.run()} onClose={onClose}>
      <p>
        Whoever uses <bdi>{key.name}</bdi> (<code>{key.prefix}…</code>) is refused from now on, dashboards that were
        signed in with it too. It cannot be brought back.
      </p>
      <Problem error={revoke.error} />
    </Confirm>
  )
}
