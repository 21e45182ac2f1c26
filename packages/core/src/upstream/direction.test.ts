import { expect, test } from "vitest"

import { directionOf } from "./direction.ts"
import { ALICE, OWNER } from "./fake.ts"

const sender = (id: string | null, urn: string | null = null) => ({ id, urn })

test("trap 14: the owner's own message is outbound, everyone else's inbound, by profile id", () => {
  expect(directionOf(sender("ACoAAOWNER"), OWNER)).toBe("outbound")
  expect(directionOf(sender("ACoAAALICE"), OWNER)).toBe("inbound")
})

test("trap 14: without a profile id the participant's URN decides", () => {
  expect(directionOf(sender(null, OWNER), OWNER)).toBe("outbound")
  expect(directionOf(sender(null, `urn:li:msg_messagingParticipant:${ALICE}`), OWNER)).toBe("inbound")
})

test.each([
  ["no sender (a system message)", null, OWNER],
  ["no owner", sender("ACoAAALICE"), null],
  ["an owner without a profile", sender("ACoAAALICE"), "urn:li:fsd_company:7"],
  ["a sender without any id", sender(null), OWNER],
  ["a sender of whom only a name is left in the URN", sender(null, "urn:li:something:new"), OWNER],
])("trap 14: with %s the direction is unknown", (_why, from, owner) => {
  expect(directionOf(from, owner)).toBe("unknown")
})

test("trap 14: ids of different forms say nothing: the owner's member number must not look like a stranger", () => {
  expect(directionOf(sender("123456"), OWNER)).toBe("unknown")
  expect(directionOf(sender("ACwAAOWNER"), OWNER)).toBe("unknown")
  expect(directionOf(sender("123456", OWNER), OWNER)).toBe("outbound")
})

test("trap 27: an organisation has no profile, and is not the owner", () => {
  expect(directionOf(sender(null, "urn:li:fsd_company:1337"), OWNER)).toBe("inbound")
  expect(directionOf(sender(null, "urn:li:organization:1337"), OWNER)).toBe("inbound")
})
