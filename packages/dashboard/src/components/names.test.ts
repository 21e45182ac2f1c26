import { expect, test } from "vitest"

import { endpointName, urlHost } from "./names.ts"

const url = "https://hooks.example.com:8443/catch/1/secret?token=abc"

test("of a hook's URL only the host is shown", () => {
  expect(urlHost(url)).toBe("hooks.example.com:8443")
  expect(urlHost("not a url, but secret")).toBe("endpoint")
  expect(endpointName({ description: null, url })).toBe("hooks.example.com:8443")
  expect(endpointName({ description: "CRM", url })).toBe("CRM")
})

test("a description without a letter to click on is none", () => {
  expect(endpointName({ description: "", url })).toBe("hooks.example.com:8443")
  expect(endpointName({ description: " ", url })).toBe("hooks.example.com:8443")
})
