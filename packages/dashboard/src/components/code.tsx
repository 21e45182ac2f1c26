import { CopyButton } from "./copy-button.tsx"
import { jsonText } from "./json-text.ts"

/** Code or JSON as it stands, and a way to take it along. */
export const Code = ({ text, what }: { text: string; what: string }) => (
  <div className="code">
    <CopyButton text={text} what={what} />
    <pre tabIndex={0} aria-label={what}>
      {text}
    </pre>
  </div>
)

export const Json = ({ value, what }: { value: unknown; what: string }) => <Code text={jsonText(value)} what={what} />
