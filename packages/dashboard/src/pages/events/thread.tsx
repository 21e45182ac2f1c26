import { useMutation } from "@tanstack/react-query"
import { useState } from "react"

import { api, read } from "../../api/client.ts"
import type { Message } from "../../api/resources.ts"
import { Button } from "../../components/button.tsx"
import { Problem } from "../../components/problem.tsx"
import { Time } from "../../components/time.tsx"
import { MessageText } from "./message-text.tsx"
import { Person } from "./person.tsx"
import { directionWords } from "./told.ts"

interface Shown {
  messages: Message[]
  nextCursor: string | null
}

/**
 * A conversation as upstream shows it now, when somebody asks for it: never by itself, since each page takes a request of the
 * minute's budget away from polling.
 */
export const Thread = ({ accountId, conversationId }: { accountId: string; conversationId: string }) => {
  const [shown, setShown] = useState<Shown | null>(null)
  const thread = api.accounts[":id"].conversations[":conversationId"].messages
  const page = useMutation({
    mutationFn: (cursor: string | null) =>
      read(
        thread.$get({
          param: { id: encodeURIComponent(accountId), conversationId: encodeURIComponent(conversationId) },
          query: cursor === null ? {} : { cursor },
        }),
      ),
    onSuccess: ({ data, nextCursor }, cursor) =>
      setShown((known) => ({ messages: cursor === null ? data : [...(known?.messages ?? []), ...data], nextCursor })),
  })
  return (
    <>
      <p className="muted">
        The conversation as it is now can be read from ConnectSafely. Each page takes one of the minute's requests,
        which polling shares.
      </p>
      <p>
        <Button busy={page.isPending} onClick={() => page.mutate(null)}>
          {shown === null ? "Read the thread" : "Read it again"}
        </Button>
      </p>
      <Problem error={page.error} />
      {shown !== null && (
        <ol className="thread" aria-label="The thread, newest first">
          {shown.messages.map((message) => (
            <li key={message.id}>
              <Person person={message.sender} />
              <p className="muted">
                {directionWords[message.direction]} · <Time at={message.sentAt} as="both" />
              </p>
              <MessageText message={message} />
            </li>
          ))}
        </ol>
      )}
      {shown?.messages.length === 0 && <p className="muted">There are no messages in it.</p>}
      {shown !== null && shown.nextCursor !== null && (
        <Button busy={page.isPending} onClick={() => page.mutate(shown.nextCursor)}>
          Read older messages
        </Button>
      )}
    </>
  )
}
