import { CopyButton } from "../../components/copy-button.tsx"

/** A secret in the only moment in which it can be read. */
export const SecretOnce = ({ secret }: { secret: string }) => (
  <div className="secret-once">
    <p>
      <strong>The secret is shown now and never again.</strong> Put it where your receiver reads its settings. If it is
      lost, rotate it.
    </p>
    <div className="secret">
      <code>{secret}</code>
      <CopyButton text={secret} what="secret" />
    </div>
  </div>
)
