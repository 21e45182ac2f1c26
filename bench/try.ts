import { relayRound } from "./round.ts"
const [e,n]=process.argv.slice(2).map(Number)
const r=await relayRound({ endpoints: e!, accounts: 4, eventsPerAccount: n! })
console.log(r)
