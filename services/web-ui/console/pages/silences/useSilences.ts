import { useEffect } from "react"
import type { SilenceView } from "../../../../../src/api/web-ui/SilenceView.ts"
import { matchWords } from "../../../../../src/silence/silenceWords.ts"
import { ask } from "../../api/client.ts"
import { everyPage } from "../../api/everyPage.ts"
import { useTold } from "../../api/Feed.ts"
import { queries, useAsk } from "../../api/query.ts"
import type { ReadAll } from "../../parts/Export.tsx"

export const states = ["now", "soon", "ended"] as const
const isState = (text: string | undefined): text is SilenceView["state"] => states.some((state) => state === text)

/** As many as one answer has; more than that nobody reads: they are narrowed by state, author or host. */
export const most = 200

interface Asked {
  readonly author?: string
  readonly host?: string
}

const queryOf = (asked: Asked, state: string | undefined) => ({
  ...asked,
  limit: most,
  ...(isState(state) ? { state } : {})
})

/** Silences of a state, an author or a host, as the server tells of them. */
export const useSilences = (asked: Asked, state: string | undefined) => {
  const told = useTold("silences")
  useEffect(() => {
    if (told !== undefined) void queries.invalidateQueries({ queryKey: ["silences"] })
  }, [told])
  const query = queryOf(asked, state)
  return useAsk(["silences", "list", query], (api) => api.silences.list({ query }), { every: 15_000, keep: true })
}

/** Every silence that the same finds. */
export const allSilences = (asked: Asked, state: string | undefined): ReadAll => (signal) =>
  everyPage(async (cursor) => {
    const query = { ...queryOf(asked, state), ...(cursor === "" ? {} : { cursor }) }
    const { pagination, silences } = await ask((api) => api.silences.list({ query }), signal)
    return { rows: silences.map(exportRow), next: pagination.next_cursor }
  })

const exportRow = (silence: SilenceView) => ({
  id: silence.id,
  state: silence.state,
  about: matchWords(silence.match),
  match: JSON.stringify(silence.match),
  schedule: silence.schedule === undefined ? null : JSON.stringify(silence.schedule),
  from: silence.from,
  until: silence.until,
  ends: silence.ends,
  comment: silence.comment,
  created_by: silence.created_by,
  created_at: silence.created_at,
  ended_by: silence.ended_by ?? null,
  ended_at: silence.ended_at ?? null,
  hits: silence.hits
})

export const exportColumns = [
  "id",
  "state",
  "about",
  "match",
  "schedule",
  "from",
  "until",
  "ends",
  "comment",
  "created_by",
  "created_at",
  "ended_by",
  "ended_at",
  "hits"
] as const satisfies ReadonlyArray<keyof ReturnType<typeof exportRow>>
