import http from "node:http"
import type { AddressInfo } from "node:net"

import type {
  IDataObject,
  INodeParameters,
  INodePropertyOptions,
  INodeType,
  INodeTypes,
  IWebhookData,
  IWorkflowExecuteAdditionalData,
  WorkflowActivateMode,
  WorkflowExecuteMode,
} from "n8n-workflow"

import { credentialsOf } from "./credentials.ts"
import { loadN8n, loadPackage } from "./package.ts"

const NODE_TYPE = "n8n-nodes-posthorn.posthornTrigger"
const WEBHOOK_ID = "0c9a3a5e-7f0b-4c49-9d6e-1f5ce7a0b1aa"

export interface N8n {
  productionUrl: string
  testUrl: string
  /** The items of each run that a webhook started. */
  runs: { mode: "trigger" | "manual"; json: IDataObject }[]
  /** What n8n's database keeps of the workflow. */
  staticData: () => IDataObject
  /** As the switch in the editor, or with "init" as n8n's start. Answers whether `create` had to be called. */
  activate: (mode?: WorkflowActivateMode) => Promise<boolean>
  deactivate: () => Promise<void>
  /** As the button "Listen for test event": ends with the first run. */
  listen: () => Promise<void>
  stopListening: () => Promise<void>
  accounts: () => Promise<INodePropertyOptions[]>
  /** Changes the node's parameters; n8n itself then takes the workflow off and on. */
  set: (parameters: INodeParameters) => void
  /** Changes the credential, as its owner does in the editor. */
  setCredential: (data: { url?: string; apiKey?: string }) => void
  /** A database that was restored from a backup, or never written; a node that was renamed. */
  forget: () => void
  /** From now on the first error is the end of n8n's process: nothing is saved or taken away after it. */
  diesOfErrors: (does: boolean) => void
  /** What a proxy before n8n answers instead of it; null: nothing. */
  proxyAnswers: (status: number | null) => void
  /** What the node had to say to n8n's log. */
  logged: string[]
  runsAtLeast: (count: number) => Promise<void>
  close: () => Promise<void>
}

/**
 * One workflow with the built node in it, on n8n's own execution core: its contexts, its HTTP helpers, its static data, its errors. What
 * stands around them in n8n's server (a database, the routes /webhook and /webhook-test, when which method is called) is done here as
 * n8n 2.41 does it.
 */
export const startN8n = async (credential: { url: string; apiKey: string }): Promise<N8n> => {
  const { core, workflow: n8nWorkflow } = loadN8n()
  const { node: nodeType, credential: credentialType } = await loadPackage()
  const nodeTypes: INodeTypes = {
    getByName: () => nodeType,
    getByNameAndVersion: () => nodeType,
    getKnownTypes: () => ({}),
  }
  const data = { ...credential }
  let parameters: INodeParameters = { events: ["message.received"] }
  let database = "{}"
  let testData: IDataObject | null = null
  let isActive = false
  let proxyStatus: number | null = null
  let isMortal = false
  const runs: N8n["runs"] = []
  const logged: string[] = []
  const waiting = new Set<() => void>()

  const server = http.createServer((request, response) => void serve(request, response))
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const base = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`

  const open = (staticData: IDataObject) =>
    new n8nWorkflow.Workflow({
      id: "wf1",
      name: "Answer LinkedIn",
      active: false,
      connections: {},
      nodeTypes,
      staticData,
      nodes: [
        {
          id: "node1",
          name: "Posthorn Trigger",
          type: NODE_TYPE,
          typeVersion: 1,
          position: [0, 0],
          webhookId: WEBHOOK_ID,
          parameters: { ...defaults(nodeType), ...parameters },
          credentials: { posthornApi: { id: "1", name: "Posthorn" } },
        },
      ],
    })
  const around = (): IWorkflowExecuteAdditionalData =>
    ({
      credentialsHelper: credentialsOf(credentialType, data),
      webhookBaseUrl: `${base}/webhook`,
      webhookTestBaseUrl: `${base}/webhook-test`,
      variables: {},
      currentNodeExecutionIndex: 0,
    }) as Partial<IWorkflowExecuteAdditionalData> as IWorkflowExecuteAdditionalData
  const webhookOf = (isTest: boolean): IWebhookData =>
    ({ webhookDescription: nodeType.description.webhooks?.[0], isTest }) as Partial<IWebhookData> as IWebhookData

  type Method = "checkExists" | "create" | "delete"
  type Opened = ReturnType<typeof open>
  const call = async (method: Method, opened: Opened, mode: WorkflowActivateMode, isTest = false): Promise<boolean> => {
    const node = opened.getNode("Posthorn Trigger")
    const run = nodeType.webhookMethods?.["default"]?.[method]
    if (node === null || run === undefined) throw new Error(`the node has no ${method}`)
    const execution: WorkflowExecuteMode = method === "delete" ? "internal" : isTest ? "manual" : "trigger"
    const contextOf = () => new core.HookContext(opened, node, around(), execution, mode, webhookOf(isTest))
    const { logger } = contextOf()
    const warn = (line: string) => {
      logged.push(line)
      logger.warn(line)
    }
    // A context that has shown its logger keeps it.
    return run.call(Object.defineProperty(contextOf(), "logger", { value: { warn } }))
  }
  const createIfNotExists = async (opened: Opened, mode: WorkflowActivateMode, isTest = false): Promise<boolean> => {
    if (await call("checkExists", opened, mode, isTest)) return false
    await call("create", opened, mode, isTest)
    return true
  }
  const fromDatabase = () => open(JSON.parse(database) as IDataObject)
  const save = (opened: Opened) => void (database = JSON.stringify(opened.staticData))
  const clear = async () => {
    const opened = fromDatabase()
    await call("delete", opened, "update")
    save(opened)
  }

  const serve = async (request: http.IncomingMessage, response: http.ServerResponse): Promise<void> => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    if (proxyStatus !== null) return void response.writeHead(proxyStatus).end()
    const isTest = request.url === `/webhook-test/${WEBHOOK_ID}/webhook`
    const isKnown = isTest ? testData !== null : isActive && request.url === `/webhook/${WEBHOOK_ID}/webhook`
    if (!isKnown || request.method !== "POST") return void response.writeHead(404).end()
    const rawBody = Buffer.concat(chunks)
    Object.assign(request, { rawBody, body: JSON.parse(rawBody.toString("utf8")) as unknown })

    const opened = fromDatabase()
    if (testData !== null && isTest) opened.setTestStaticData(testData)
    const node = opened.getNode("Posthorn Trigger")
    if (node === null || nodeType.webhook === undefined) throw new Error("the node has no webhook")
    const context = new core.WebhookContext(
      opened,
      node,
      { ...around(), httpRequest: request as never, httpResponse: response as never },
      isTest ? "manual" : "trigger",
      webhookOf(isTest),
      [],
      null,
    )
    const result = await nodeType.webhook.call(context)
    if (result.noWebhookResponse !== true) response.writeHead(200).end("{}")
    const items = result.workflowData?.[0] ?? []
    for (const { json } of items) runs.push({ mode: isTest ? "manual" : "trigger", json })
    if (!isTest && opened.staticData["__dataChanged"] === true) save(opened)
    if (isTest && items.length > 0) await stopListening()
    for (const check of waiting) check()
  }

  const stopListening = async () => {
    if (testData === null) return
    const opened = open(testData)
    await call("delete", opened, "update", true)
    testData = null
  }

  return {
    productionUrl: `${base}/webhook/${WEBHOOK_ID}/webhook`,
    testUrl: `${base}/webhook-test/${WEBHOOK_ID}/webhook`,
    runs,
    logged,
    staticData: () => JSON.parse(database) as IDataObject,
    activate: async (mode = "activate") => {
      const opened = fromDatabase()
      try {
        const hasCreated = await createIfNotExists(opened, mode)
        save(opened)
        isActive = true
        return hasCreated
      } catch (error) {
        // n8n takes away what it could not put in place, and only logs what goes wrong with that.
        if (!isMortal) await clear().catch(() => undefined)
        throw error
      }
    },
    deactivate: async () => {
      await clear()
      isActive = false
    },
    listen: async () => {
      const opened = open({})
      await createIfNotExists(opened, "manual", true)
      testData = JSON.parse(JSON.stringify(opened.staticData)) as IDataObject
    },
    stopListening,
    accounts: async () => {
      const opened = fromDatabase()
      const node = opened.getNode("Posthorn Trigger")
      const load = nodeType.methods?.loadOptions?.["getAccounts"]
      if (node === null || load === undefined) throw new Error("the node loads no accounts")
      return load.call(new core.LoadOptionsContext(opened, node, around(), "accounts"))
    },
    set: (changed) => void (parameters = { ...parameters, ...changed }),
    setCredential: (changed) => void Object.assign(data, changed),
    forget: () => void (database = "{}"),
    diesOfErrors: (does) => void (isMortal = does),
    proxyAnswers: (status) => void (proxyStatus = status),
    runsAtLeast: async (count) => {
      await waitFor(() => runs.length >= count, waiting)
    },
    close: async () => {
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
    },
  }
}

/** What the editor fills in. */
const defaults = ({ description }: INodeType): INodeParameters =>
  Object.fromEntries<INodeParameters[string]>(description.properties.map(({ name, default: value }) => [name, value]))

const WAIT_MS = 10_000
const waitFor = (holds: () => boolean, waiting: Set<() => void>): Promise<void> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      waiting.delete(check)
      reject(new Error(`n8n did not get there within ${String(WAIT_MS)} ms`))
    }, WAIT_MS)
    const check = () => {
      if (!holds()) return
      waiting.delete(check)
      clearTimeout(timer)
      resolve()
    }
    waiting.add(check)
    check()
  })
