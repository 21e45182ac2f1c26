import { useState } from "react"

import { Button } from "./button.tsx"

/** `what` is said to those who do not see what it stands beside. */
export const CopyButton = ({ text, what }: { text: string; what: string }) => {
  const [state, setState] = useState<"ready" | "copied" | "refused">("ready")
  const copy = (): void => {
    // Over plain http, other than on this machine, a page has no clipboard.
    const clipboard = navigator.clipboard as Clipboard | undefined
    if (clipboard === undefined) {
      setState("refused")
      return
    }
    clipboard.writeText(text).then(
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
