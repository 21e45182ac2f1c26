/** Reads or writes of one step that are under way at once. */
const AT_ONCE = 10

/** `work` over all items, a few at a time, answers in order. */
export const inBatches = async <Item, Answer>(
  items: readonly Item[],
  work: (item: Item) => Promise<Answer>,
): Promise<Answer[]> => {
  const answers: Answer[] = []
  for (let start = 0; start < items.length; start += AT_ONCE)
    answers.push(...(await Promise.all(items.slice(start, start + AT_ONCE).map(work))))
  return answers
}
