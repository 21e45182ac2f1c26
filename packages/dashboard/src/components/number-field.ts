/**
 * What a field for a number is sent as: null for nothing. Words that are no number go as they are, since the API says what would be
 * right, whereas JSON has no NaN and would say null.
 */
export const numberOf = (text: string): number | null => {
  if (text.trim() === "") return null
  const number = Number(text)
  return Number.isFinite(number) ? number : (text as unknown as number)
}
