import { api, read } from "../../api/client.ts"
import { useAction } from "../../components/action.ts"
import { useNotice } from "../../components/notice.tsx"

/** Sends a delivery again, and says what becomes of it. */
export const useRetry = (id: string) => {
  const tell = useNotice()
  return useAction({
    act: () => read(api.deliveries[":id"].retry.$post({ param: { id }, query: {} })),
    after: ({ status }) =>
      tell(
        status === "held"
          ? "The endpoint holds its deliveries: this one goes out when that ends."
          : "Another attempt is on its way.",
      ),
  })
}
