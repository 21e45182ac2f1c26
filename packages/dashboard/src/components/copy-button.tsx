import { useState } from "react"

import { Button } from "./button.tsx"

/** `what` is said to those who do not see what it stands beside. */
export const CopyButton = ({ text, what }: { text: string; what: string }) => {
  const [state, setState] = useState<"ready" | "copied" | "refused">("ready")
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(
      () => setState("copied"),
      () => setState("refused"),
    )
  }
  return (
    <Button kind="plain" onClick={copy} onBlur={() => setState("ready")}>
      {{ ready: "Copy", copied: "Copied", refused: "Copy it by hand" }[state]}
      <span className="hidden"> {what}</span>
    </Button>
  )
}
