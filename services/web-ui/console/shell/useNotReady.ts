import { useAsk } from "../api/query.ts"

/** How many programs are not ready; `undefined` until it is known. */
export const useNotReady = (): number | undefined => {
  const { data } = useAsk(["status"], (api) => api.overview.status(), { every: 5_000 })
  return data?.programs.filter(({ state }) => state !== "ready").length
}
