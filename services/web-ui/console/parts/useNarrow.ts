import { useSyncExternalStore } from "react"

const query = matchMedia("(max-width: 600px)")
const subscribe = (listener: () => void) => {
  query.addEventListener("change", listener)
  return () => query.removeEventListener("change", listener)
}

/** Is this a phone, or a page at 400 %? */
export const useNarrow = (): boolean => useSyncExternalStore(subscribe, () => query.matches)
