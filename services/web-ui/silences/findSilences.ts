import { Effect } from "effect"
import type { SilenceRepository } from "../../../layers/silence/SilenceRepository.ts"
import type { SilenceView } from "../../../src/api/web-ui/SilenceView.ts"
import { globMatches } from "../../../src/logic/hosts.ts"
import { type Page, pageOf } from "../../../src/logic/withinBytes.ts"
import { silenceView } from "./silenceCodec.ts"

export interface SilenceFilter {
  readonly state?: SilenceView["state"]
  readonly author?: string
  readonly host?: string
  readonly ending_within?: number
}

/** Silences read at a time, and at most for one page. */
const atOnce = 200
const mostRead = 20_000

/** One page of the silences that a filter finds at an instant, newest first. Which are in force is known here alone. */
export const findSilences = Effect.fnUntraced(function*(
  list: SilenceRepository["Service"]["list"],
  filter: SilenceFilter,
  page: { readonly limit: number; readonly maxBytes: number; readonly before: number | undefined; readonly now: number }
) {
  const { limit, maxBytes, now } = page
  const fits = fitting(filter, now)
  const over = filter.ending_within === undefined && (filter.state === undefined || filter.state === "ended")
    ? {}
    : { over: false }
  const found: Array<SilenceView> = []
  let before = page.before
  for (let read = 0; read < mostRead; read += atOnce) {
    const rows = yield* list({ limit: atOnce, before, author: filter.author, ...over })
    for (const row of rows) {
      const view = silenceView(row, now)
      if (fits(view)) found.push(view)
    }
    before = rows.at(-1)?.id
    if (rows.length < atOnce || found.length > limit) {
      return pageOf(found, { limit, maxBytes }, ({ id }) => String(id))
    }
  }
  // There may be more: the next page goes on where this one stopped to look.
  const { nextCursor = String(before), rows } = pageOf(found, { limit, maxBytes }, ({ id }) => String(id))
  return { rows, nextCursor } satisfies Page<SilenceView>
})

const fitting = ({ ending_within, host, state }: SilenceFilter, now: number) => (view: SilenceView): boolean =>
  (state === undefined || view.state === state) &&
  (host === undefined || names(view, host)) &&
  (ending_within === undefined ||
    (view.state === "now" && view.until !== null && Date.parse(view.until) <= now + ending_within * 1_000))

/** Does it name the host, or is the host itself a glob that it has? */
const names = ({ match: { hosts = [] } }: SilenceView, host: string): boolean => {
  const lower = host.toLowerCase()
  return hosts.some((glob) => globMatches(glob.toLowerCase(), lower))
}
