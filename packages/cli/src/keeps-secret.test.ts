import { createClient } from "@posthorn/sdk"
import { describe, expect, it } from "vitest"

import { keepsSecret } from "./keeps-secret.ts"

const takenBySdk = (url: string): boolean => {
  try {
    createClient({ url, key: "phk_any" })
    return true
  } catch {
    return false
  }
}

describe("an address that a key may go to", () => {
  it.each<[string, boolean]>([
    ["https://api.example.com", true],
    ["http://localhost:4700", true],
    ["http://api.localhost", true],
    ["http://a.b.localhost", true],
    ["http://127.0.0.1:4700", true],
    ["http://127.9.8.7", true],
    ["http://127.1", true],
    ["http://[::1]:4700", true],
    ["http://api.example.com", false],
    ["http://localhost.example.com", false],
    ["http://notlocalhost", false],
    ["http://.localhost", false],
    ["http://127.0.0.1.example.com", false],
    ["http://128.0.0.1", false],
    ["http://[::2]", false],
    ["http://[::ffff:127.0.0.1]", false],
    ["ftp://localhost", false],
    ["localhost", false],
  ])("%s: %s, here and in the SDK", (address, isTaken) => {
    expect([keepsSecret(address), takenBySdk(address)]).toEqual([isTaken, isTaken])
  })
})
