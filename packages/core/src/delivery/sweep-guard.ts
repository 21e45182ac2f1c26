/** Runs a piece of a sweep unless its time is over. Null: it failed, which stops nothing else, or there was no time. */
export type Guard = <Result>(work: () => Promise<Result>) => Promise<Result | null>
