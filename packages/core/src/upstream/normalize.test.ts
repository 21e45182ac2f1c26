import { describe, expect, test } from "vitest"

import { bareId, encoded, idOf, inOrder, instantOf, ownerOf, profileIdOf } from "./normalize.ts"

const OWNER = "urn:li:fsd_profile:ACoAA2-OWNER"

describe("instants", () => {
  test.each([
    ["milliseconds", 1_794_700_000_000, 1_794_700_000_000],
    ["milliseconds with a fraction", 1_794_700_000_000.7, 1_794_700_000_000],
    ["seconds", 1_794_700_000, 1_794_700_000_000],
    ["seconds with a fraction", 1_794_700_000.25, 1_794_700_000_250],
    ["milliseconds as text", "1794700000000", 1_794_700_000_000],
    ["seconds as text", "1794700000", 1_794_700_000_000],
    ["ISO", "2026-11-14T23:46:40.123Z", 1_794_700_000_123],
    ["ISO without milliseconds", "2026-11-14T23:46:40Z", 1_794_700_000_000],
    ["ISO with an offset", "2026-11-15T01:46:40+02:00", 1_794_700_000_000],
    ["ISO with microseconds", "2026-11-14T23:46:40.123456Z", 1_794_700_000_123],
    ["a space for the T", "2026-11-14 23:46:40+00:00", 1_794_700_000_000],
    ["an offset without a colon", "2026-11-14 23:46:40+0000", 1_794_700_000_000],
    ["no zone: UTC", "2026-11-14T23:46:40", 1_794_700_000_000],
    ["a day", "2026-11-15", 1_794_700_800_000],
    ["an HTTP date", "Sat, 14 Nov 2026 23:46:40 GMT", 1_794_700_000_000],
  ])("trap 8: an instant as %s is read", (_form, given, instant) => {
    expect(instantOf(given)).toBe(instant)
  })

  test.each([
    NaN,
    Infinity,
    0,
    -1,
    1_794_700_000_000_000,
    "",
    "example_value",
    "2026-13-45T00:00:00Z",
    "Connected on Feb 15, 2024",
    "Feb 15, 2024",
    null,
    undefined,
    {},
    [1_794_700_000_000],
    true,
  ])("trap 8: %j is no instant, and never NaN", (given) => {
    expect(instantOf(given)).toBeNull()
  })
})

describe("ids", () => {
  test.each([
    ["2-NjY2Ng=="],
    ["urn:li:messagingMessage:2-NjY2Ng=="],
    [`urn:li:msg_message:(${OWNER},2-NjY2Ng==)`],
    ["urn:li:msg_message:(urn:li:fsd_profile:ACoAAanother,2-NjY2Ng==)"],
  ])("trap 1: %s is the message 2-NjY2Ng==, whatever mailbox or dialect it was seen through", (name) => {
    expect(bareId(name)).toBe("2-NjY2Ng==")
  })

  test.each([
    ["urn:li:messagingThread:2-NjY2Ng=="],
    [`urn:li:msg_conversation:(${OWNER},2-NjY2Ng==)`],
    ["https://www.linkedin.com/messaging/thread/2-NjY2Ng==/"],
    ["https://www.linkedin.com/messaging/thread/2-NjY2Ng%3D%3D/?focus=1"],
  ])("trap 2: %s is the thread 2-NjY2Ng==", (name) => {
    expect(bareId(name)).toBe("2-NjY2Ng==")
  })

  test("trap 2: a name without a `2-` part stays whole", () => {
    expect(idOf(["urn:li:salesNav_thread:7-abc", "7-abc"])).toBe("urn:li:salesNav_thread:7-abc")
    expect(idOf([null, "urn:li:msg_conversation:..."])).toBe("urn:li:msg_conversation:...")
    expect(idOf([null, null])).toBeNull()
  })

  test("trap 2: the first name that has a bare id gives it, even after one that has none", () => {
    expect(idOf(["urn:li:msg_conversation:...", "urn:li:messagingThread:2-abc"])).toBe("2-abc")
  })

  test.each([
    "ACoAA2-OWNER",
    OWNER,
    "urn:li:example:123456",
    "12-abc",
    "2-",
    "",
    "https://example.test/thread/%E0%A4%A/",
  ])("trap 3: %j is no bare id, and an id's inside is never read", (name) => {
    expect(bareId(name)).toBeNull()
    expect(bareId("2-not_base64_of_a_time")).toBe("2-not_base64_of_a_time")
  })

  test("the mailbox owner stands inside a conversation's URN, a profile's id at the end of its own", () => {
    expect(ownerOf(`urn:li:msg_conversation:(${OWNER},2-abc)`)).toBe(OWNER)
    expect(ownerOf("urn:li:messagingThread:2-abc")).toBeNull()
    expect(ownerOf(null)).toBeNull()
    expect(profileIdOf(`urn:li:msg_messagingParticipant:${OWNER}`)).toBe("ACoAA2-OWNER")
    expect(profileIdOf("urn:li:fsd_company:1337")).toBeNull()
    expect(profileIdOf(`urn:li:msg_conversation:(${OWNER},2-abc)`)).toBeNull()
  })
})

test("parentheses, comma and equals sign of a URN are encoded", () => {
  expect(encoded("urn:li:x:(a,2-b==)'!*")).toBe("urn%3Ali%3Ax%3A%28a%2C2-b%3D%3D%29%27%21%2A")
})

test("trap 5: messages are sorted by time, then id, and each stands once", () => {
  const message = (id: string, sentAt: number, text = "") => ({ id, sentAt, text })
  const shown = [
    message("2-c", 3),
    message("2-b", 1, "first"),
    message("2-a", 1),
    message("2-b", 1, "again"),
    message("2-d", 2),
  ]
  expect(inOrder(shown)).toEqual([message("2-a", 1), message("2-b", 1, "first"), message("2-d", 2), message("2-c", 3)])
})
