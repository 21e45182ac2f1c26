import type {
  ICredentialDataDecryptedObject,
  ICredentialsHelper,
  ICredentialType,
  IHttpRequestOptions,
  INode,
  Workflow,
} from "n8n-workflow"

/**
 * What n8n's server hands to its core for credentials. It is not part of n8n-core, so this does the same with one credential: the
 * `authenticate` block of its type is evaluated by n8n's own expressions, and everything else of the request is n8n-core's.
 */
export const credentialsOf = (
  type: ICredentialType,
  data: ICredentialDataDecryptedObject,
): Pick<ICredentialsHelper, keyof ICredentialsHelper> => {
  const resolve = (text: string, workflow: Workflow, node: INode): string => {
    const keys = { $credentials: data }
    const value = text.startsWith("=")
      ? workflow.expression.getSimpleParameterValue(node, text, "internal", keys, undefined, "")
      : text
    return typeof value === "string" ? value : ""
  }
  const unused = () => {
    throw new Error("this credential asks for nothing of the kind")
  }
  return {
    getParentTypes: () => [],
    isCredentialUsableByNode: () => true,
    getDecrypted: async () => ({ ...data }),
    preAuthentication: async () => undefined,
    runPreAuthentication: async () => undefined,
    authenticate: async (_data, _name, options, workflow, node) => {
      const { authenticate } = type
      if (authenticate === undefined || typeof authenticate === "function" || !workflow || !node) return unused()
      const headers = Object.entries(authenticate.properties.headers as Record<string, string>)
      return {
        ...options,
        headers: {
          ...options.headers,
          ...Object.fromEntries(headers.map(([name, value]) => [name, resolve(value, workflow, node)])),
        },
      } as IHttpRequestOptions
    },
    getCredentials: unused,
    updateCredentials: unused,
    updateCredentialsOauthTokenData: unused,
    getCredentialsProperties: () => type.properties,
  }
}
