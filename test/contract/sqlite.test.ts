import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import path from "node:path"

import { openStore } from "@posthorn/local/store/open"

import { storeContract } from "./store-contract.ts"

storeContract("SQLite, on disk", async () => {
  const directory = await mkdtemp(path.join(tmpdir(), "posthorn-"))
  const store = openStore({ path: path.join(directory, "posthorn.db") })
  return {
    store,
    close: async () => {
      await store.close()
      await rm(directory, { recursive: true })
    },
  }
})

storeContract("SQLite, in memory", async () => {
  const store = openStore({ path: ":memory:" })
  return { store, close: () => store.close() }
})
