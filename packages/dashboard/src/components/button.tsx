import type { ButtonHTMLAttributes } from "react"

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  kind?: "primary" | "plain" | "danger" | "quiet"
  /** Its work is under way: it cannot be pressed again, and says so. */
  busy?: boolean
}

export const Button = ({ kind = "plain", busy = false, type = "button", disabled, ...props }: ButtonProps) => (
  <button {...props} type={type} className={`button button-${kind}`} disabled={disabled ?? busy} aria-busy={busy} />
)
