import type { ServerResponse } from "node:http"
import type { FaultKind } from "./faults.ts"
import type { RawAnswer } from "./fault-answers.ts"

const DRIP_EVERY_MS = 20
const DRIP_BYTES = 8

/** Sends an answer, or fails to in the way the fault says. Whatever stays open ends with the socket. */
export function send(response: ServerResponse, answer: RawAnswer, fault: FaultKind | undefined): void {
  const bytes = Buffer.from(answer.text)
  const head = (length: number | undefined) =>
    response.writeHead(answer.status, {
      "Content-Type": answer.contentType ?? "application/json; charset=utf-8",
      ...(length === undefined ? {} : { "Content-Length": length }),
      ...answer.headers,
    })
  const half = bytes.subarray(0, Math.floor(bytes.length / 2))
  const whole = () => head(bytes.length).end(bytes)

  switch (fault?.kind) {
    case "truncated":
      // Complete as HTTP, cut off as JSON.
      head(half.length).end(half)
      return
    case "hang":
      if (fault.where === "body") head(bytes.length).write(half)
      return
    case "keep-open":
      head(undefined).write(bytes)
      return
    case "reset":
      if (fault.where !== "body") response.socket?.resetAndDestroy()
      else head(bytes.length).write(half, () => response.socket?.resetAndDestroy())
      return
    case "delay":
      later(response, fault.ms, whole)
      return
    case "drip":
      head(bytes.length)
      drip(response, bytes, fault.everyMs ?? DRIP_EVERY_MS, fault.bytes ?? DRIP_BYTES)
      return
    default:
      whole()
  }
}

function later(response: ServerResponse, ms: number, action: () => void): void {
  const timer = setTimeout(() => {
    if (!response.destroyed) action()
  }, ms)
  response.once("close", () => clearTimeout(timer))
}

function drip(response: ServerResponse, bytes: Buffer, everyMs: number, size: number): void {
  let at = 0
  const timer = setInterval(() => {
    response.write(bytes.subarray(at, at + size))
    at += size
    if (at < bytes.length) return
    clearInterval(timer)
    response.end()
  }, everyMs)
  response.once("close", () => clearInterval(timer))
}
