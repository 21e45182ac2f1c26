/**
 * Where a catch-up stands: a place of the deployment (its bookmark, an event's id, or `start`) and the ids of the events behind it
 * that were handled already. The deployment marks pages, not events: without the ids a program that dies within a page would be shown
 * the whole page again; with a mark further on it could miss events.
 *
 * Ids rather than a count, since a page that is asked for again may have others between them by then. An id that never comes again
 * (its event was forgotten) stops nothing.
 */
export interface Place {
  after: string
  handled: ReadonlySet<string>
}

/** Stands in no bookmark of a deployment and in no id. */
const SEPARATOR = "~"

export const parsePlace = (text: string): Place => {
  const [after = "", ...handled] = text.split(SEPARATOR)
  if (after === "") throw new TypeError('after: must be a bookmark, an event\'s id, "start" or "now"')
  return { after, handled: new Set(handled) }
}

export const formatPlace = ({ after, handled }: Place): string => [after, ...handled].join(SEPARATOR)
