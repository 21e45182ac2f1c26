/** The smallest of `values` that so many of them (0 to 1) are at or under. */
export const quantile = (values: number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? NaN
}

export const median = (values: number[]): number => quantile(values, 0.5)
