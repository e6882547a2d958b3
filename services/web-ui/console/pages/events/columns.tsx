import type { EventRow } from "../../../../../src/domain/EventRow.ts"
import type { Column } from "../../parts/Grid.tsx"
import { PlainText } from "../../parts/PlainText.tsx"
import { Severity, State } from "../../parts/Severity.tsx"
import { Time } from "../../parts/Time.tsx"

/** All that a row of events can show. */
export const eventColumns: ReadonlyArray<Column<EventRow>> = [
  { key: "at", title: "Arrived", width: "148px", cell: ({ received_at }) => <Time at={received_at} /> },
  {
    key: "device",
    title: "Device's time",
    width: "148px",
    cell: ({ event_timestamp }) => <Time at={event_timestamp} />
  },
  { key: "severity", title: "Severity", width: "92px", cell: ({ severity }) => <Severity of={severity} /> },
  {
    key: "host",
    title: "Host",
    width: "minmax(90px, 180px)",
    cell: ({ hostname }) => <PlainText>{hostname}</PlainText>
  },
  {
    key: "message",
    title: "Message",
    width: "minmax(150px, 1fr)",
    first: true,
    cell: ({ cut, message }) => (
      <>
        <PlainText>{message}</PlainText>
        {cut && " …"}
      </>
    )
  },
  {
    key: "outcome",
    title: "Outcome",
    width: "118px",
    cell: ({ cause, outcome }) => (
      <span title={cause === null ? undefined : `by ${cause}`}>
        <State of={outcome} />
      </span>
    )
  },
  {
    key: "rule",
    title: "Rule",
    width: "minmax(90px, 140px)",
    cell: ({ rule_id, rule_name }) => rule_name ?? (rule_id === null ? null : `rule ${rule_id}`)
  },
  { key: "team", title: "Team", width: "100px", cell: ({ team }) => team },
  { key: "env", title: "Environment", width: "96px", cell: ({ environment }) => environment },
  { key: "handling", title: "Handling", width: "120px", cell: ({ handling }) => handling?.replaceAll("_", " ") },
  { key: "source", title: "Came by", width: "70px", cell: ({ source }) => source },
  {
    key: "sender",
    title: "Sender",
    width: "120px",
    cell: ({ sender }) => sender === null ? null : <PlainText>{sender}</PlainText>
  }
]

/** What there is room for beside a trace, which tells the rest. */
export const besideTrace: ReadonlySet<string> = new Set(["at", "severity", "host", "message", "outcome"])

export const usualColumns = ["at", "severity", "host", "message", "outcome", "rule", "team"]
