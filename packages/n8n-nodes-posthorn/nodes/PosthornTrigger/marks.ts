import { DESCRIPTION_LENGTH_MAX, type Endpoint } from "./endpoint"

/**
 * What the node writes on an endpoint, in its metadata. There it outlives static data, which n8n does not save when it is killed, reads
 * from a copy when it tries an activation again, and gives to nobody once the node is renamed.
 */
export interface Marks {
  /** Of "Listen for test event". */
  test?: string
  /** When the workflow went off: the node has paused the endpoint. By the relay's clock, as all of these. */
  offSince?: string
  /** What Posthorn sees from then on is not kept for it. */
  keepsUntil?: string
  /** Somebody had paused it before. */
  pausedByHand?: string
  /** What was seen in between passed it by, since it had answered 410: a replay is due. */
  missedSince?: string
  missedUntil?: string
}

const NAMES = ["test", "offSince", "keepsUntil", "pausedByHand", "missedSince", "missedUntil"] as const
const OFF = " (paused by n8n: the workflow is off)"
const DUE = " (a replay of what it missed is due)"

export const marksOf = ({ metadata }: Pick<Endpoint, "metadata">): Marks =>
  Object.fromEntries(NAMES.flatMap((name) => (metadata[name] === undefined ? [] : [[name, metadata[name]]])))

/** Metadata and description with these marks and no others. Everybody else's words stay. */
export const marked = (
  { metadata, description }: Pick<Endpoint, "metadata" | "description">,
  marks: Marks,
): Pick<Endpoint, "metadata" | "description"> => {
  const others = Object.entries(metadata).filter(([name]) => !(NAMES as readonly string[]).includes(name))
  const plain = [OFF, DUE].reduce((text, note) => text.replace(note, ""), description ?? "")
  const note = marks.offSince !== undefined ? OFF : marks.missedSince !== undefined ? DUE : ""
  const noted = plain.length + note.length > DESCRIPTION_LENGTH_MAX ? plain : plain + note
  return { metadata: { ...Object.fromEntries(others), ...marks }, description: noted === "" ? null : noted }
}
