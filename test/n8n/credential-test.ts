import type {
  ICredentialDataDecryptedObject,
  ICredentialType,
  INodeType,
  IWorkflowExecuteAdditionalData,
} from "n8n-workflow"

import { credentialsOf } from "./credentials.ts"
import { loadN8n } from "./package.ts"

/** What the button "Test" of a credential does: its `test` request, sent by n8n's own engine for such requests. Rejects as that does. */
export const testCredential = async (type: ICredentialType, data: ICredentialDataDecryptedObject): Promise<void> => {
  const { core, workflow: n8nWorkflow } = loadN8n()
  const nodeType = {
    description: {
      displayName: "Temp",
      name: "n8n-nodes-base.noOp",
      group: ["transform"],
      version: 1,
      description: "",
      defaults: {},
      inputs: ["main"],
      outputs: ["main"],
      credentials: [{ name: type.name, required: true }],
      properties: [
        { displayName: "Temp", name: "temp", type: "string", default: "", routing: { request: type.test?.request } },
      ],
    },
  } as Partial<INodeType> as INodeType
  const opened = new n8nWorkflow.Workflow({
    connections: {},
    active: false,
    nodeTypes: { getByName: () => nodeType, getByNameAndVersion: () => nodeType, getKnownTypes: () => ({}) },
    nodes: [
      {
        id: "temp",
        name: "Temp-Node",
        type: nodeType.description.name,
        typeVersion: 1,
        position: [0, 0],
        parameters: {},
        credentials: { [type.name]: { id: "1", name: "Posthorn" } },
      },
    ],
  })
  const node = opened.getNode("Temp-Node")
  if (node === null) throw new Error("n8n lost the node")
  const credentials = { id: "1", name: "Posthorn", type: type.name, data }
  const context = new core.ExecuteContext(
    opened,
    node,
    { credentialsHelper: credentialsOf(type, data), variables: {} } as Partial<IWorkflowExecuteAdditionalData> as never,
    "internal",
    n8nWorkflow.createEmptyRunExecutionData(),
    0,
    [],
    { main: [[{ json: {} }]] },
    { node, data: {}, source: null },
    [],
  )
  await new core.RoutingNode(context, nodeType, credentials).runNode()
}
