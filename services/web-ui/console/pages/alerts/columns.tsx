import type { AlertRow } from "../../../../../src/api/web-ui/Alerts.ts"
import type { Column } from "../../parts/Grid.tsx"
import { PlainText } from "../../parts/PlainText.tsx"
import { Severity, State } from "../../parts/Severity.tsx"
import { Time } from "../../parts/Time.tsx"
import { stateWords, toneOf, words } from "./alertFilters.ts"

const unknown = <span className="quiet-text">not known</span>

/** `340 ms` or `12.4 s`. */
export const takenText = (ms: number): string =>
  ms < 10_000 ? `${Math.round(ms).toLocaleString("en")} ms` : `${Math.round(ms / 1_000).toLocaleString("en")} s`

/** A signature begins with the host, which has a column of its own. */
const withoutHost = (signature: string, hostname: string | null): string =>
  hostname !== null && signature.startsWith(`${hostname}::`) ? signature.slice(hostname.length + 2) : signature

/** All that a row of alerts can show. */
export const alertColumns: ReadonlyArray<Column<AlertRow>> = [
  {
    key: "state",
    title: "State",
    width: "116px",
    cell: ({ state }) => <State of={stateWords(state)} tone={toneOf(state)} />
  },
  {
    key: "host",
    title: "Host",
    width: "minmax(100px, 160px)",
    first: true,
    cell: ({ hostname }) => hostname === null ? unknown : <PlainText>{hostname}</PlainText>
  },
  {
    key: "signature",
    title: "Signature",
    width: "minmax(180px, 1fr)",
    cell: ({ hostname, signature }) =>
      signature === null ? unknown : <PlainText>{withoutHost(signature, hostname)}</PlainText>
  },
  { key: "severity", title: "Severity", width: "92px", cell: ({ severity }) => <Severity of={severity} /> },
  { key: "team", title: "Team", width: "100px", cell: ({ team }) => team },
  {
    key: "handling",
    title: "Handling",
    width: "120px",
    cell: ({ handling }) => handling === null ? null : words(handling)
  },
  {
    key: "decided",
    title: "Decided",
    width: "148px",
    cell: ({ decided_at }) => decided_at !== null && <Time at={decided_at} />
  },
  { key: "tries", title: "Tries", width: "48px", align: "end", cell: ({ tries }) => tries },
  {
    key: "next",
    title: "Next try",
    width: "96px",
    cell: ({ next_at }) => next_at !== null && <Time at={next_at} ago />
  },
  {
    key: "answer",
    title: "Last answer",
    width: "minmax(160px, 1fr)",
    cell: ({ answer }) => answer === null ? null : <PlainText>{answer}</PlainText>
  },
  {
    key: "ms",
    title: "Took",
    width: "80px",
    align: "end",
    cell: ({ ms }) => ms === null ? null : takenText(ms)
  },
  {
    key: "delivered",
    title: "Delivered",
    width: "148px",
    cell: ({ delivered_at }) => delivered_at !== null && <Time at={delivered_at} />
  }
]

/** What there is room for beside the details, which tell the rest. */
export const besideDetail: ReadonlySet<string> = new Set(["state", "host", "signature", "next"])

export const usualColumns = [
  "state",
  "host",
  "signature",
  "team",
  "handling",
  "tries",
  "next",
  "answer",
  "ms"
]
