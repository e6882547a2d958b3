import { useState } from "react"
import { useAsk } from "../../api/query.ts"
import { Stale } from "../../parts/Stale.tsx"
import { Time } from "../../parts/Time.tsx"

const count = new Intl.NumberFormat("en")

/** What the server found last; asked anew, it reads the whole chain again. */
export const useVerdict = () => {
  const [times, setTimes] = useState(0)
  const read = useAsk(
    ["audit", "verdict", times],
    (api) => api.auditLogs.verify({ query: { cached: times === 0 ? "1" : "0" } }),
    { keep: true }
  )
  return { read, again: () => setTimes(times + 1) }
}

/** The server's word on the chain. */
export const Verdict = ({ newest, verdict: { again, read } }: {
  /** The number of the newest link, where it is known. */
  readonly newest: number | undefined
  readonly verdict: ReturnType<typeof useVerdict>
}) => (
  <Stale read={read} lines={2}>
    {({ checked, checkpoints, fault, verified_at, whole }) => (
      <div className={whole ? "verdict well" : "verdict wrong"} role={whole ? "status" : "alert"}>
        <p>
          {whole ?
            `✓ The server found the record whole: ${count.format(checked)} links.${sinceWords(checked, newest)}` :
            `▲ The server found the record broken at link ${fault?.seq ?? "unknown"}. ${fault?.detail ?? ""}`}
        </p>
        <p className="row">
          <span>
            {checkpointWords(checkpoints)} That was <Time at={verified_at} ago />.
          </span>
          <button type="button" disabled={read.isFetching} onClick={again}>
            {read.isFetching ? "Reading the chain…" : "Let the server check again"}
          </button>
        </p>
      </div>
    )}
  </Stale>
)

const sinceWords = (checked: number, newest: number | undefined): string => {
  const since = (newest ?? checked) - checked
  if (since <= 0) return ""
  return since === 1 ? " One was written since." : ` ${count.format(since)} were written since.`
}

const checkpointWords = (
  { known, signed, verified }: { readonly known: number; readonly signed: number; readonly verified: number }
): string => {
  if (known === 0) return "It has no checkpoint to compare with."
  if (signed === 0) return `It agrees with ${count.format(known)} checkpoints; none is signed.`
  return `Of ${count.format(known)} checkpoints ${count.format(signed)} are signed, ${
    count.format(verified)
  } of them by our key.`
}
