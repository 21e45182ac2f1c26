import { createServer } from "node:http"
import path from "node:path"
import { setTimeout as wait } from "node:timers/promises"
import { pathToFileURL } from "node:url"

import { Webhook } from "standardwebhooks"

import { createPosthorn } from "./posthorn.mjs"
import { openReplies } from "./replies.mjs"
import { createSendReply, NotSent } from "./send-reply.mjs"

const env = process.env
const webhook = new Webhook(env.POSTHORN_SECRET)
const posthorn = createPosthorn({ url: env.POSTHORN_URL, key: env.POSTHORN_KEY })
const sendReply = createSendReply({
  baseUrl: env.CONNECTSAFELY_BASE_URL ?? "https://api.connectsafely.ai/linkedin",
  apiKey: env.CONNECTSAFELY_API_KEY,
})
const { answer } = await import(
  pathToFileURL(path.resolve(env.ANSWER ?? path.join(import.meta.dirname, "answer.mjs"))).href
)
const replies = openReplies(env.DATABASE ?? "replies.db")

const BODY_BYTES_MAX = 1_000_000
/** An answer that comes later than this helps nobody: a person should look. */
const ANSWER_WITHIN_MS = 3_600_000
/** Two bots that answer each other end here. */
const REPLIES_PER_HOUR_MAX = 5
const AGAIN_MS = 5_000

/** The new state of an event's reply, and why. */
const reply = async (event) => {
  const { account, conversation, message } = event.data
  const place = { account, conversation }
  if (Date.now() - Date.parse(message.sentAt) > ANSWER_WITHIN_MS) return ["skipped", "late"]
  if (replies.sentLately(conversation.id) >= REPLIES_PER_HOUR_MAX) return ["skipped", "too many in an hour"]
  await posthorn.showTyping(place).catch(({ message }) => console.error(`no typing indicator: ${message}`))
  const thread = await posthorn.readThread(place)
  const newer = thread.filter(({ sentAt }) => sentAt > message.sentAt)
  if (newer.some(({ direction }) => direction === "outbound")) return ["skipped", "answered by somebody"]
  // Its own event is here or on its way, and will have the whole thread.
  if (newer.length > 0) return ["skipped", "more was written"]
  if (!thread.some(({ id }) => id === message.id)) throw new Error("the message is not in the thread yet")
  const text = await answer({ thread, event, account, conversation })
  if (text === null) return ["skipped", "nothing to say"]
  // From here on a crash leaves it `sending`, and it is not sent again: better no answer than two.
  replies.mark(event, "sending")
  try {
    await sendReply(place, text)
    return ["sent", text]
  } catch (error) {
    if (error instanceof NotSent && error.retryAfterMs !== null) return ["pending", error.message, error.retryAfterMs]
    return [error instanceof NotSent ? "failed" : "unsure", error.message]
  }
}

let working = false
/** One after another, until none is pending. */
const work = async () => {
  if (working) return
  working = true
  for (let event = replies.next(); event !== null; event = replies.next()) {
    // What fails before anything is sent is tried again, until it is late.
    const [state, note, againMs = AGAIN_MS] = await reply(event).catch(({ message }) => ["pending", message])
    replies.mark(event, state, note)
    console.log(`${event.id} ${state}: ${note}`)
    if (state === "pending") await wait(againMs)
  }
  working = false
}

const statusFor = (body, headers) => {
  let event
  try {
    event = webhook.verify(body, headers)
  } catch {
    return 401
  }
  // Never our own messages: those are `message.sent`. Never history either.
  const isNew = event.type === "message.received" && !event.data.backfill
  if (isNew && replies.keep(event)) setImmediate(work)
  return 204
}

for (const id of replies.giveUpInterrupted())
  console.error(`${id} unsure: it was being sent when the bot ended. Look into LinkedIn`)
void work()

createServer(async (request, response) => {
  const chunks = []
  let bytes = 0
  for await (const chunk of request) {
    bytes += chunk.length
    if (bytes > BODY_BYTES_MAX) return void response.writeHead(413).end()
    chunks.push(chunk)
  }
  response.writeHead(statusFor(Buffer.concat(chunks).toString(), request.headers)).end()
}).listen(env.PORT ?? 3000)
