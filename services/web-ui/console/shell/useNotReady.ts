import { notReady } from "../api/fleet.ts"
import { useFleet } from "../api/useFleet.ts"

/** How many processes and addresses are not ready; `undefined` until it is known, and while it is not. */
export const useNotReady = (): number | undefined => {
  const { data, isError } = useFleet()
  return data === undefined || isError ? undefined : notReady(data)
}
