import zapier, { defineApp } from "zapier-platform-core"

import packageJson from "../package.json" with { type: "json" }
import { authentication } from "./authentication.ts"
import { findEvent } from "./find-event.ts"
import { authorize, judge } from "./middleware.ts"
import { sendTypingIndicator } from "./send-typing-indicator.ts"
import { triggers } from "./triggers.ts"

/** The Zapier app. */
export default defineApp({
  version: packageJson.version,
  platformVersion: zapier.version,
  authentication,
  beforeRequest: [authorize],
  afterResponse: [judge],
  triggers,
  searches: { [findEvent.key]: findEvent },
  creates: { [sendTypingIndicator.key]: sendTypingIndicator },
  flags: {
    // Of the core, false lets our own afterResponse see a 429 (core 19.1.0, throw-for-throttling), with its words and its wait.
    throwForThrottlingEarly: false,
    // All requests go through z.request, which logs them itself.
    skipHttpPatch: true,
  },
})
