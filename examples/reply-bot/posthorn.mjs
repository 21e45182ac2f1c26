const DEADLINE_MS = 15_000

/** The two requests to Posthorn's API that a reply needs, with a key of the scopes `read` and `conversations`. */
export const createPosthorn = ({ url, key }) => {
  const ask = async (path, body) => {
    const response = await fetch(`${url}${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: { authorization: `Bearer ${key}`, ...(body !== undefined && { "content-type": "application/json" }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(DEADLINE_MS),
    })
    if (!response.ok) throw new Error(`Posthorn answered ${response.status}: ${(await response.json()).detail}`)
    return response.json()
  }
  return {
    /** For a few seconds, as the account's owner. */
    showTyping: ({ account, conversation }) =>
      ask(`/v1/accounts/${account.id}/typing`, { conversationId: conversation.id }),
    /** The newest messages as LinkedIn shows them now, oldest first. */
    readThread: async ({ account, conversation }) => {
      const place = `/v1/accounts/${account.id}/conversations/${encodeURIComponent(conversation.id)}/messages`
      return (await ask(`${place}?limit=20`)).data.reverse()
    },
  }
}
