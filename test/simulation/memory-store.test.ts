import { storeContract } from "../contract/store-contract.ts"
import { memoryStore } from "./memory-store.ts"

storeContract("memory, of the simulation", async () => ({ store: memoryStore(), close: async () => {} }))
