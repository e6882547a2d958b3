import { useEffect, useState } from "react"
import { ask } from "../../api/client.ts"
import { now } from "../../api/clock.ts"
import { addressFor } from "./findBy.ts"
import type { Search } from "./search.ts"

/** Understands what was typed, and says where that is. What can't be asked now becomes a filter, which says why. */
export const useFind = (q: string | undefined, go: (found: Search) => void): boolean => {
  const [looking, setLooking] = useState(false)
  useEffect(() => {
    if (q === undefined) return
    const given = new AbortController()
    const newest = async (filter: { readonly host?: string; readonly text?: string; readonly from?: string }) => {
      const { events } = await ask((api) => api.eventLists.list({ query: { ...filter, limit: 1 } }), given.signal)
      return events[0]
    }
    setLooking(true)
    addressFor(q, newest, now())
      .catch((): Search => ({ text: q.trim(), from: "-24h" }))
      .then((found) => {
        if (given.signal.aborted) return
        setLooking(false)
        go(found)
      })
    return () => given.abort()
  }, [q])
  return looking
}
