import { useEffect, useState } from "react"

const TYPING_MS = 500

/** A value once nobody has changed it for a while. */
export const useSettled = <Value>(value: Value, ms = TYPING_MS): Value => {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms)
    return () => clearTimeout(timer)
  }, [value, ms])
  return settled
}
