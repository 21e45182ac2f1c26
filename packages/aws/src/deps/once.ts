/** Made when first asked for, and kept: a Lambda's instance serves many events. What could not be made is tried again. */
export const once = <Value>(make: () => Value): (() => Value) => {
  let made: { value: Value } | null = null
  return () => (made ??= { value: make() }).value
}
