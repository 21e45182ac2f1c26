import { ROOT, run, until } from "./process.ts"

/** One message as one account has it: what has to become exactly one event. */
export interface Written {
  /** Account and message. */
  key: string
  type: "message.received" | "message.sent"
}

interface Account {
  id: string
  owner: { name: string; urn: string }
}
interface Message {
  id: string
  sender: { urn: string } | null
  accounts: string[]
}

const PEOPLE = ["Alice Example", "Bob Example", "Carol Example"]

/** The standalone simulator, and people in it. One conversation is in both mailboxes (the two owners talk to each other). */
export const startUpstream = async () => {
  const main = `${ROOT}/packages/simulator/src/main.ts`
  const simulator = run([process.execPath, main, "--accounts", "2", "--history"])
  const { url } = JSON.parse((await simulator.says(/\{.*\}/))[0]) as { url: string }
  const control = async <Answer>(name: string, body?: unknown): Promise<Answer> => {
    const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }
    const response = await fetch(new URL(`/_simulator/${name}`, url), init)
    if (!response.ok) throw new Error(`${name}: ${await response.text()}`)
    return (await response.json()) as Answer
  }
  const accounts = await control<Account[]>("accounts")
  const [one, two] = accounts as [Account, Account]
  const conversations: string[] = []
  const begin = async (account: string, people: string[]): Promise<void> => {
    const { id } = await control<{ id: string }>("conversation", { account, people })
    conversations.push(id)
  }
  for (const { id } of accounts) for (const name of PEOPLE) await begin(id, [name])
  await begin(one.id, [two.owner.name])

  const all = async (): Promise<Written[]> => {
    const owners = new Map(accounts.map(({ id, owner }) => [id, owner.urn]))
    return (await control<Message[]>("messages")).flatMap(({ id, sender, accounts: mailboxes }) =>
      mailboxes.map((account) => ({
        key: `${account} ${id}`,
        type: sender?.urn === owners.get(account) ? ("message.sent" as const) : ("message.received" as const),
      })),
    )
  }
  const history = new Set((await all()).map(({ key }) => key))
  let count = 0
  const write = async (): Promise<void> => {
    const conversation = conversations[count % conversations.length]
    count += 1
    // Their turn, their turn, the owner's.
    await control("write", { conversation, text: `number ${count}`, ...(count % 3 === 0 && { from: "owner" }) })
  }

  return {
    url,
    accountIds: accounts.map(({ id }) => id),
    /** What was written after the start, for each mailbox that shows it. */
    written: async () => (await all()).filter(({ key }) => !history.has(key)),
    write,
    /** Someone writes twice in each conversation. */
    burst: async (): Promise<void> => {
      for (let turn = 0; turn < 2 * conversations.length; turn++) await write()
    },
    /** From now on it answers nothing. */
    hang: () => control("fault", { kind: "hang", where: "headers" }),
    /** Resolves when somebody waits for an answer. */
    asked: async (): Promise<void> => {
      const isWaiting = async () =>
        (await control<{ status: number | null }[]>("requests")).some(({ status }) => status === null)
      await until(isWaiting, "a request that hangs")
    },
    /** A conversation that begins only now. */
    beginOne: () => begin(one.id, [`Newcomer ${conversations.length} Example`]),
  }
}

export type Upstream = Awaited<ReturnType<typeof startUpstream>>
