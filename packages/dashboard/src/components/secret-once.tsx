import { CopyButton } from "./copy-button.tsx"

/** Something that is shown this once. */
export const SecretOnce = ({ what, secret }: { what: string; secret: string }) => (
  <div className="note note-warn">
    <p>
      <strong>This is the {what}. It is shown now and never again:</strong> keep it where your program finds it.
    </p>
    <p className="secret">
      <code>{secret}</code>
      <CopyButton text={secret} what={what} />
    </p>
  </div>
)
