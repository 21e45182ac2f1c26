/** `1 delivery`, `12,000 deliveries`. */
export const countText = (count: number, one: string, many: string): string =>
  `${count.toLocaleString()} ${count === 1 ? one : many}`
