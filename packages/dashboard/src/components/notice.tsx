import { createContext, type ReactNode, useCallback, useContext, useEffect, useState } from "react"

const SHOWN_MS = 6_000

const NoticeContext = createContext<(text: string) => void>(() => undefined)

/** Tells in passing that something went well. */
export const useNotice = (): ((text: string) => void) => useContext(NoticeContext)

export const NoticeProvider = ({ children }: { children: ReactNode }) => {
  const [notice, setNotice] = useState<{ text: string; number: number } | null>(null)
  const show = useCallback((text: string) => setNotice((last) => ({ text, number: (last?.number ?? 0) + 1 })), [])
  useEffect(() => {
    if (notice === null) return
    const timer = setTimeout(() => setNotice(null), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [notice])
  return (
    <NoticeContext value={show}>
      {children}
      <div className="notice" role="status">
        {notice !== null && <p key={notice.number}>{notice.text}</p>}
      </div>
    </NoticeContext>
  )
}
