import { isHostGlob } from "../../../../../src/domain/EventFilter.ts"
import type { EventRow } from "../../../../../src/domain/EventRow.ts"
import type { Search } from "./search.ts"
import { rangeReaching, spanAt } from "./timeRange.ts"

const id = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const ref = /^\d{4,6}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z_[0-9a-f-]{36}$/i
const hostLike = /^[A-Za-z0-9*?._:-]{1,255}$/

/** What somebody may mean who types this: an event, the name of a host, or a part of a message. */
export const meantBy = (
  q: string
): { readonly ref: string } | { readonly text: string; readonly mayBeHost: boolean } => {
  const text = q.trim()
  if (id.test(text)) return { ref: text.toLowerCase() }
  if (ref.test(text)) return { ref: text.replace(/_.*$/, (event) => event.toLowerCase()) }
  return { text: text.slice(0, 1_024), mayBeHost: hostLike.test(text) }
}

type Newest = (filter: { readonly host?: string; readonly text?: string; readonly from?: string }) => Promise<
  EventRow | undefined
>

/** The usual span of searches that look at every event. */
const searched = "-24h"

/**
 * Turns what was typed into an address: the trace of an event, or the events of a host or with a text, with the newest
 * one open. `newest` asks for one event.
 */
export const addressFor = async (q: string, newest: Newest, nowMs: number): Promise<Search> => {
  const meant = meantBy(q)
  if ("ref" in meant) return { open: meant.ref }
  const { mayBeHost, text } = meant
  const { from } = spanAt({ from: searched }, nowMs)
  const glob = isHostGlob(text)
  if (mayBeHost) {
    const event = await newest({ host: text, ...(glob && from !== undefined ? { from } : {}) })
    if (event !== undefined) {
      return {
        host: glob ? text : event.hostname,
        from: glob ? searched : rangeReaching(event.received_at, nowMs),
        open: event.ref
      }
    }
  }
  const event = await newest({ text, ...(from === undefined ? {} : { from }) })
  return { text, from: searched, ...(event === undefined ? {} : { open: event.ref }) }
}
