import { useEffect, useState } from "react"
import type { SilenceInput } from "../../../../../src/silence/Silence.ts"
import { useAsk } from "../../api/query.ts"
import { useMay } from "../../api/useRole.ts"
import { shareOf } from "./form.ts"

const settleMs = 400

/** A text once it has stayed the same for a moment: nobody is asked about half a word. */
const useSettled = (text: string): string => {
  const [settled, setSettled] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), settleMs)
    return () => clearTimeout(timer)
  }, [text])
  return settled
}

/** What a silence would have held back in the last day; only who may make one may ask. */
export const usePreview = (input: SilenceInput | undefined) => {
  const may = useMay("operator")
  // The reason changes nothing of it.
  const said = input === undefined ? "" : JSON.stringify({ ...input, comment: "preview" })
  const text = useSettled(said)
  const asked: SilenceInput | undefined = text === "" ? undefined : JSON.parse(text)
  const read = useAsk(
    ["silences", "preview", text],
    (api) => api.silencePreviews.preview({ payload: asked ?? { match: {}, comment: "preview" } }),
    { enabled: may && asked !== undefined, keep: true }
  )
  const span = read.data === undefined ? undefined : { from: read.data.from, to: read.data.to }
  const all = useAsk(
    // The same day to within an hour: it says how wide the silence is, no more.
    ["events", "counts", "day", span?.from.slice(0, 13)],
    (api) => api.eventLists.counts({ query: span ?? {} }),
    { enabled: span !== undefined, keep: true }
  )
  return {
    read,
    isSettled: input !== undefined && text === said && !read.isPlaceholderData && read.isSuccess,
    share: read.data === undefined ? undefined : shareOf(read.data.events, all.data?.facets.outcome)
  }
}
