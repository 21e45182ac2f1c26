import { expect, test } from "vitest"

import { endpointName, urlHost } from "./endpoint-name.ts"
import { rateText } from "./figures.ts"

const url = "https://hooks.example.com:8443/catch/1/secret?token=abc"

test("of a hook's URL only the host is shown", () => {
  expect(urlHost(url)).toBe("hooks.example.com:8443")
  expect(urlHost("no url")).not.toContain("no url")
  expect(endpointName({ description: null, url })).toBe("hooks.example.com:8443")
  expect(endpointName({ description: " ", url })).toBe("hooks.example.com:8443")
  expect(endpointName({ description: "CRM", url })).toBe("CRM")
})

test("a success rate is 100 % only when nothing failed", () => {
  expect(rateText(1)).toBe("100 %")
  expect(rateText(0.9999)).toBe("99.9 %")
  expect(rateText(null)).toBe("none yet")
})
