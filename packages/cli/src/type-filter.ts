/** Whether a type is among those named; `message.*` and `*` stand for what begins so. Without names, all are. */
export const typeFilter = (names: string[] | undefined): ((type: string) => boolean) => {
  if (names === undefined || names.length === 0) return () => true
  const exact = new Set(names)
  const heads = names.filter((name) => name.endsWith("*")).map((name) => name.slice(0, -1))
  return (type) => exact.has(type) || heads.some((head) => type.startsWith(head))
}
