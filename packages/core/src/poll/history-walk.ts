import { shortHash } from "../id.ts"
import { SECOND_MS } from "../time.ts"
import { UpstreamError, type ConversationList, type ListedConversation } from "../upstream/thread.ts"
import { JOB_REQUESTS_PER_POLL } from "./due.ts"
import type { HistoryStep } from "./history-step.ts"
import { readBack } from "./history-thread.ts"
import { UntrustedAnswer } from "./health.ts"
import { checkOwner } from "./list.ts"
import type { PollDeps } from "./deps.ts"
import { activityOf, glimpseOf, hasMoved } from "./prints.ts"
import type { Progress } from "./progress.ts"
import { isAboutThread } from "./quarantine.ts"

/** No request is made later than this into a poll: with its deadline, and what there is to append, it ends within the function's timeout. */
const READ_UNTIL_MS = 20 * SECOND_MS
/** Events that one step makes; a few more where the last pages bring them. */
const EVENTS_PER_STEP = 200
/** Most pages of the list in one walk, most walks, and most walks that had to begin anew. */
const PAGES_MAX = 250
const PASSES_MAX = 10
const RESTARTS_MAX = 5
/** An empty page is not believed so many times; some lists may well end in one. */
const EMPTY_MAX = 3
/** A conversation that fails for itself so often is left out. */
const THREAD_FAILURES_MAX = 3

const AGAIN = "Start it again to go on: what has its event gets no other."
const SHORTER = "Ask for a shorter time."

/**
 * One step through an account's history: as far as the grant, the time and the bounds of a step allow. The list moves while it is
 * walked, and a conversation that jumps to its front is missed; so it is walked again, back to where the walk before began, until a
 * walk finds nothing left to do. Throws UpstreamError where upstream has trouble: then the next step goes on from `state`.
 */
export const walkHistory = async (
  { account, task, state }: Pick<HistoryStep, "account" | "task" | "state">,
  progress: Progress,
  deps: PollDeps,
): Promise<void> => {
  let requests = 0
  const made = state.made
  const takeRequest = (): boolean => {
    const isOver =
      progress.threadsLeft <= 0 ||
      requests >= JOB_REQUESTS_PER_POLL ||
      state.made - made >= EVENTS_PER_STEP ||
      deps.clock.now() - progress.startedAt > READ_UNTIL_MS
    if (isOver) return false
    requests++
    progress.threadsLeft--
    progress.requests++
    return true
  }
  const step: HistoryStep = { account, task, state, progress, deps, takeRequest }
  if (state.thread !== null && !(await walkThread(state.thread.listed, step))) return
  while (!state.ended && takeRequest()) if (!(await walkPage(step))) return
}

/** Everything on one page of the list; false where the step ended before that. */
const walkPage = async (step: HistoryStep): Promise<boolean> => {
  const { state, task } = step
  const page = await listPage(step)
  if (page === null) return true
  state.newest ??= Math.max(...page.conversations.map(activityOf), 0)
  const active = page.conversations.filter((listed) => activityOf(listed) >= state.until)
  let waiting = 0
  for (const listed of active) {
    const hash = shortHash(listed.id)
    if (state.done.includes(hash)) continue
    if (state.done.length >= task.conversationsMax)
      return end(step, `It ended after ${task.conversationsMax} conversations, the most of one job. ${SHORTER}`)
    if (await isLeftToLive(listed, step)) {
      waiting++
      continue
    }
    if (!(await walkThread(listed, step))) return false
    if (state.ended) return true
  }
  state.waiting += waiting
  return turnPage(page, active.length < page.conversations.length, step)
}

/** Null where this walk begins anew, or has come to its end. */
const listPage = async (step: HistoryStep): Promise<ConversationList | null> => {
  const { account, state, deps } = step
  try {
    const { dialect } = account
    const page = await deps.upstream.listConversations({ accountId: account.id, dialect, cursor: state.cursor })
    checkOwner(account, page)
    if (page.conversations.length === 0 && (state.cursor !== null || account.tracked > 0) && state.empty < EMPTY_MAX) {
      state.empty++
      throw new UntrustedAnswer("suspicious_empty", "ConnectSafely lists no conversation where there should be some.")
    }
    return page
  } catch (error) {
    const isCursorsFault =
      state.cursor !== null &&
      error instanceof UpstreamError &&
      ["bad_request", "not_found", "redirect", "invalid_answer"].includes(error.kind)
    if (!isCursorsFault) throw error
    if (state.restarts >= RESTARTS_MAX) {
      end(step, `ConnectSafely's list of conversations could not be read further: ${error.message}`)
      return null
    }
    // Upstream's cursors may grow old, or speak the dialect of before. What is done is passed quickly.
    Object.assign(state, { cursor: null, pages: 0, waiting: 0, restarts: state.restarts + 1 })
    return null
  }
}

/** On to the next page, the next walk, or the end; false where the next walk is for the next step. */
const turnPage = (page: ConversationList, isLast: boolean, step: HistoryStep): boolean => {
  const { state } = step
  state.pages++
  if (!isLast && page.nextCursor !== null && page.nextCursor !== state.cursor) {
    if (state.pages >= PAGES_MAX)
      return end(step, `It ended after ${PAGES_MAX} pages of conversations, the most of one job. ${SHORTER}`)
    state.cursor = page.nextCursor
    return true
  }
  const { waiting } = state
  // A walk over one page saw the whole of it at once.
  if (waiting === 0 && state.pages === 1) return end(step, null)
  if (state.pass >= PASSES_MAX) {
    state.skipped += waiting
    return end(step, null)
  }
  // Those that wait stand anywhere, and the live polls need a turn.
  const until = waiting > 0 ? state.since : (state.newest ?? state.since)
  Object.assign(state, { pass: state.pass + 1, until, newest: null, cursor: null, pages: 0, waiting: 0 })
  return waiting === 0
}

const end = ({ state }: HistoryStep, failure: string | null): true => {
  const unread = state.skipped === 0 ? null : `${state.skipped} conversations could not be read. ${AGAIN}`
  Object.assign(state, { ended: true, thread: null, failure: failure ?? unread })
  return true
}

/**
 * The live polls come first: a conversation that they have yet to read may have its beginning to tell (conversation.created), or
 * late messages, which are not missing but on their way.
 */
const isLeftToLive = async (
  listed: ListedConversation,
  { account, deps }: Pick<HistoryStep, "account" | "deps">,
): Promise<boolean> => {
  const checkpoint = await deps.store.getCheckpoint(account.id, listed.id)
  if (checkpoint === null) return activityOf(listed) > account.baselinedAt
  return checkpoint.glimpse !== null && hasMoved(checkpoint.glimpse, glimpseOf(listed))
}

/** False where the step ended before the conversation did. */
const walkThread = async (listed: ListedConversation, step: HistoryStep): Promise<boolean> => {
  const { state, task, deps, account } = step
  try {
    if (!(await readBack(listed, step))) return false
  } catch (error) {
    if (!isAboutThread(error)) throw error
    if (state.thread !== null && ++state.thread.failures < THREAD_FAILURES_MAX) return false
    state.skipped++
    const fields = { accountId: account.id, conversationId: listed.id, reason: error.message }
    deps.logger.warn("history.conversation_skipped", fields)
  }
  state.thread = null
  state.done.push(shortHash(listed.id))
  return state.made < task.eventsMax || end(step, `It ended after ${state.made} events. ${AGAIN}`)
}
