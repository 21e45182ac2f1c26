/**
 * What to say: yours to write. `thread` is the conversation as it is now, oldest first, each `{ text, direction, sender, sentAt, … }`; the
 * last one is what you answer. Null: say nothing. It may take its time: the other side sees that somebody is typing.
 */
export const answer = async ({ thread, account }) => {
  // This one only thanks whoever writes for the first time. A person goes on from there.
  if (thread.some(({ direction }) => direction === "outbound")) return null
  const name = thread.at(-1)?.sender?.name?.split(" ")[0]
  return `Thank you${name ? `, ${name}` : ""}! I have your message, and write back today. ${account.name ?? ""}`.trim()
}
