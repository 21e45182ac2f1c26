/** Where a sealed value stands: it opens nowhere else. */
export const secretContext = (endpointId: string): string => `endpoint:${endpointId}:secret`
export const headerContext = (endpointId: string, name: string): string => `endpoint:${endpointId}:header:${name}`
