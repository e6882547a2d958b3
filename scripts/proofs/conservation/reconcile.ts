import type { BooksView } from "../../../src/api/web-ui/Overview.ts"
import { describeFault } from "./Fault.ts"
import type { Kind, Posting } from "./Ledger.ts"
import type { Act } from "./Plan.ts"

/** What the record says of an event. */
export interface Row {
  readonly token: string
  readonly outcome: string
  readonly cause: string | null
  /** Whether the silence that it names is of its host and was there when it came. */
  readonly silenced: boolean
  /** Of the rules that decided. */
  readonly rules: number
}

/** Where tokens were found after everything had drained. Each list names a token as often as it was found. */
export interface Findings {
  readonly audit: ReadonlyArray<Row>
  readonly platform: ReadonlyArray<string>
  readonly deadAlerts: ReadonlyArray<string>
  readonly deadEvents: ReadonlyArray<string>
  readonly quarantine: ReadonlyArray<string>
  /** Alerts that the platform keeps and that stand for many events. */
  readonly platformMeta: number
  readonly deadMeta: number
  readonly books: BooksView
}

const tally = (tokens: ReadonlyArray<string>): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>()
  for (const token of tokens) counts.set(token, (counts.get(token) ?? 0) + 1)
  return counts
}

const outcomeOf: Readonly<Record<Exclude<Kind, "poison">, string>> = {
  forwarded: "forwarded",
  refused: "forwarded",
  suppressed: "suppressed",
  unmatched: "unmatched"
}

/**
 * Every event answered 2xx is somewhere exactly once, every other one at most once, and the books agree. Says what is
 * not so.
 */
export const reconcile = (
  postings: ReadonlyArray<Posting>,
  findings: Findings,
  acts: ReadonlyArray<Act>
): ReadonlyArray<string> => [...eventProblems(postings, findings, acts), ...booksProblems(findings)]

const eventProblems = (
  postings: ReadonlyArray<Posting>,
  findings: Findings,
  acts: ReadonlyArray<Act>
): ReadonlyArray<string> => {
  const audit = Map.groupBy(findings.audit, ({ token }) => token)
  const platform = tally(findings.platform)
  const deadAlerts = tally(findings.deadAlerts)
  const deadEvents = tally(findings.deadEvents)
  const quarantine = tally(findings.quarantine)
  return postings.flatMap((posting) => {
    const { kind, token } = posting
    const rows = audit.get(token) ?? []
    const found = {
      audited: rows.length,
      delivered: platform.get(token) ?? 0,
      deadAlerts: deadAlerts.get(token) ?? 0,
      deadEvents: deadEvents.get(token) ?? 0,
      quarantined: quarantine.get(token) ?? 0
    }
    const problems: Array<string> = []
    const ends = found.audited + found.deadEvents + found.quarantined
    if (posting.accepted && ends === 0) problems.push("was answered 2xx and is nowhere")
    if (ends > 1) problems.push(`ended ${ends} times`)
    if (kind === "poison" && found.audited + found.deadEvents > 0) problems.push("is no event and was taken for one")
    if (kind !== "poison" && found.quarantined > 0) problems.push("is an event and was quarantined")
    for (const row of rows) if (kind !== "poison") problems.push(...rowProblems(kind, row))
    const sent = found.delivered + found.deadAlerts
    const due = rows.filter(({ outcome }) => outcome === "forwarded").length
    if (sent < due) problems.push("was forwarded and its alert is nowhere")
    if (sent > due) problems.push(`has ${sent} alerts instead of ${due}`)
    if (kind === "refused" && found.delivered > 0) problems.push("was refused by the platform and is kept by it")
    return problems.map((problem) =>
      `${kind} event ${token} ${problem} (${whereabouts(posting, acts)}; found: ${JSON.stringify(found)})`
    )
  })
}

const rowProblems = (kind: Exclude<Kind, "poison">, { cause, outcome, silenced }: Row): ReadonlyArray<string> => {
  if (cause === "silence") {
    if (kind === "suppressed") return ["is silenced, though nothing would have been sent"]
    return outcome === "suppressed" && silenced ? [] : [`is ${outcome} by a silence that did not cover it`]
  }
  if (outcome !== outcomeOf[kind]) return [`should be ${outcomeOf[kind]} and is ${outcome}`]
  return (outcome === "suppressed") === (cause === "handling") ? [] : [`is ${outcome} with the cause ${cause}`]
}

/** When it was posted, and what had just been done to the stack. */
const whereabouts = ({ accepted, atMs }: Posting, acts: ReadonlyArray<Act>): string => {
  const last = acts.findLast((act) => act.atMs <= atMs)
  const answer = accepted ? "answered 2xx" : "not answered 2xx"
  const before = last === undefined
    ? "before the first fault"
    : `${Math.round(atMs - last.atMs)} ms after ${describeFault(last.fault)}`
  return `posted at ${Math.round(atMs)} ms, ${answer}, ${before}`
}

const booksProblems = (
  { audit, books, deadAlerts, deadEvents, deadMeta, platform, platformMeta, quarantine }: Findings
) => {
  const rows = (wanted: string) => audit.filter(({ outcome }) => outcome === wanted).length
  const { alerts, events } = books
  const equations: ReadonlyArray<readonly [string, number, number]> = [
    [
      "accepted = forwarded + suppressed + unmatched + waiting + dead + discarded events",
      events.accepted,
      events.forwarded + events.suppressed + events.unmatched + events.waiting + events.dead + events.discarded
    ],
    [
      "forwarded + meta-alerts + recovered = delivered + waiting + dead + discarded alerts",
      events.forwarded + alerts.meta + alerts.recovered,
      alerts.delivered + alerts.waiting + alerts.dead + alerts.discarded
    ],
    ["events waiting = 0", events.waiting, 0],
    ["alerts waiting = 0", alerts.waiting, 0],
    ["forwarded = audit rows that say so", events.forwarded, rows("forwarded")],
    ["suppressed = audit rows that say so", events.suppressed, rows("suppressed")],
    ["unmatched = audit rows that say so", events.unmatched, rows("unmatched")],
    ["dead events = dead letters", events.dead, deadEvents.length],
    ["quarantined = records in quarantine", books.quarantine.received, quarantine.length],
    ["delivered = what the platform keeps", alerts.delivered, platform.length + platformMeta],
    ["dead alerts = dead letters", alerts.dead, deadAlerts.length + deadMeta],
    ["meta-alerts = what the platform keeps or never took", alerts.meta, platformMeta + deadMeta]
  ]
  return equations.flatMap(([what, left, right]) =>
    left === right ? [] : [`The books don't balance: ${what}: ${left} ≠ ${right}.`]
  )
}
