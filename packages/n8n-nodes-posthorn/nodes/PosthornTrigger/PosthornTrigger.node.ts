import {
  NodeConnectionTypes,
  type IHookFunctions,
  type ILoadOptionsFunctions,
  type INodePropertyOptions,
  type INodeType,
  type INodeTypeDescription,
  type IWebhookFunctions,
  type IWebhookResponseData,
} from "n8n-workflow"

import { getAccounts } from "./accounts"
import { isInPlace, putInPlace } from "./put-in-place"
import { properties } from "./properties"
import { receive } from "./receive"
import { takeAway } from "./take-away"

export class PosthornTrigger implements INodeType {
  description: INodeTypeDescription = {
    displayName: "Posthorn Trigger",
    name: "posthornTrigger",
    icon: { light: "file:../../icons/posthorn.svg", dark: "file:../../icons/posthorn.dark.svg" },
    group: ["trigger"],
    version: 1,
    subtitle: '={{$parameter["events"].join(", ")}}',
    description: "Starts the workflow when a LinkedIn message comes, or something else that Posthorn tells",
    defaults: { name: "Posthorn Trigger" },
    inputs: [],
    outputs: [NodeConnectionTypes.Main],
    credentials: [{ name: "posthornApi", required: true }],
    webhooks: [{ name: "default", httpMethod: "POST", responseMode: "onReceived", path: "webhook" }],
    properties,
  }

  methods = {
    loadOptions: {
      async getAccounts(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
        return await getAccounts(this)
      },
    },
  }

  webhookMethods = {
    default: {
      async checkExists(this: IHookFunctions): Promise<boolean> {
        return await isInPlace(this)
      },
      async create(this: IHookFunctions): Promise<boolean> {
        await putInPlace(this)
        return true
      },
      async delete(this: IHookFunctions): Promise<boolean> {
        await takeAway(this)
        return true
      },
    },
  }

  async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
    return receive(this)
  }
}
