import { list, type Statement } from "../infra/plan.ts"
import type { Call } from "./calls.ts"
import type { Deployment, FunctionName } from "./deployment.ts"

/** One action on one resource, by its ARN in the plan. */
export interface Permission {
  function: FunctionName
  action: string
  resource: string
}

/** A key for each function, as each has a role of its own. */
export const accessKeyIdOf = (name: FunctionName): string => `AKIA${name.toUpperCase()}`

/** Every permission of every function's policies. Throws where a statement is more than a list of names. */
export const grantedBy = ({ functions }: Deployment): Permission[] =>
  Object.entries(functions).flatMap(([name, { statements }]) =>
    statements.flatMap((statement) => named(statement).map((one) => ({ function: name as FunctionName, ...one }))),
  )

const named = ({ Effect, Action, Resource, ...more }: Statement): { action: string; resource: string }[] => {
  if (Effect !== "Allow" || Object.keys(more).length > 0)
    throw new Error(`the tests cannot judge by this statement: ${JSON.stringify({ Effect, Action, ...more })}`)
  return list(Action).flatMap((action) => list(Resource).map((resource) => ({ action, resource })))
}

export const textOf = ({ function: name, action, resource }: Permission): string => `${name} ${action} ${resource}`

/**
 * IAM: judges calls by the plan's policies, and keeps them. `plannedNames`: the plan's names of resources, by those that the
 * calls have.
 */
export const createPermissions = (deployment: Deployment, plannedNames: Map<string, string>) => {
  const granted = new Set(grantedBy(deployment).map(textOf))
  const callers = new Map(
    Object.keys(deployment.functions).map((name) => [accessKeyIdOf(name as FunctionName), name as FunctionName]),
  )
  const toPermission = ({ accessKeyId, action, resource }: Call): Permission => ({
    function: callers.get(accessKeyId) ?? (accessKeyId as FunctionName),
    action,
    // What is not the plan's stays as it is, and is granted to nobody.
    resource: resource.replace(/([:/])([^:/]+)(\/index\/.+)?$/, (_, separator: string, name: string, index = "") =>
      [separator, plannedNames.get(name) ?? name, index].join(""),
    ),
  })
  const used = new Set<string>()
  const refused = new Set<string>()
  return {
    /** Of all calls so far. */
    used,
    refused,
    /** Null where all of it is allowed; else what is not. */
    judge: (calls: Call[]): string | null => {
      const asked = calls.map((call) => textOf(toPermission(call)))
      for (const text of asked) used.add(text)
      const [first = null, ...others] = asked.filter((text) => !granted.has(text))
      for (const text of first === null ? [] : [first, ...others]) refused.add(text)
      return first
    },
  }
}
