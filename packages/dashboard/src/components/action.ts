import { useMutation, useQueryClient } from "@tanstack/react-query"

/**
 * One thing that a person does. What is on the screen is asked for again afterwards, since a write may show anywhere.
 * `after` runs when it went well.
 */
export const useAction = <Result, Input = void>({
  act,
  after,
}: {
  act: (input: Input) => Promise<Result>
  after?: (result: Result, input: Input) => unknown
}) => {
  const queries = useQueryClient()
  const mutation = useMutation({
    mutationFn: act,
    onSuccess: async (result, input) => {
      await after?.(result, input)
      await queries.invalidateQueries()
    },
  })
  return {
    run: mutation.mutate,
    reset: mutation.reset,
    isBusy: mutation.isPending,
    error: mutation.error,
    result: mutation.data,
  }
}
