import { Button } from "./button.tsx"

/** The foot of a list that grows. */
export const More = ({
  list,
}: {
  list: { hasOlder: boolean; isFull: boolean; isLoadingOlder: boolean; loadOlder: () => void }
}) => {
  if (list.isFull) return <p className="muted">The list goes no further back: narrow the filter for older ones.</p>
  if (!list.hasOlder) return null
  return (
    <Button busy={list.isLoadingOlder} onClick={list.loadOlder}>
      Load older
    </Button>
  )
}
