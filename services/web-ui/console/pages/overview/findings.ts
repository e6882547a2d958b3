import type { Fleet } from "../../../../../src/api/web-ui/Fleet.ts"
import type { Flow } from "../../../../../src/api/web-ui/Flow.ts"
import type { BooksView } from "../../../../../src/api/web-ui/Overview.ts"
import { Program } from "../../../../../src/domain/Settings.ts"
import { counted } from "../../../../../src/rulefile/words.ts"
import { faultsOf, isReady } from "../../api/fleet.ts"
import type { Place } from "../../shell/places.ts"

/** Something that is not as it should be, and where to see more of it. */
export interface Finding {
  readonly tone: "err" | "warning" | "notice"
  readonly says: string
  readonly to?: Place["path"]
  readonly search?: Readonly<Record<string, string>>
}

/** What is known now; `undefined` is not known yet. */
export interface Seen {
  readonly fleet: Fleet | undefined
  readonly books: BooksView | undefined
  readonly flow: Flow | undefined
  /** What can't be read now, and is shown as it was, in words. */
  readonly away: ReadonlyArray<string>
}

/** Longer than this nothing waits while all is well. */
const slowMs = 60_000
const stuckMs = 300_000

const order = { err: 0, warning: 1, notice: 2 } as const

/** The first sentence, without its stop: what follows is for who asked for something. */
const firstSentence = (text: string): string => /^.*?(?=\.(?:\s|$)|$)/s.exec(text)?.[0] ?? text

/** All that is wrong, the worst first, each once. */
export const findings = (seen: Seen): ReadonlyArray<Finding> => {
  const all = [
    ...seen.away.map((detail): Finding => ({ tone: "err", says: firstSentence(detail) })),
    ...ofBooks(seen.books),
    ...ofFleet(seen.fleet),
    ...ofFlow(seen.flow),
    ...ofDeadLetters(seen.books)
  ]
  return all.filter(({ says }, at) => all.findIndex((one) => one.says === says) === at)
    .toSorted((a, b) => order[a.tone] - order[b.tone])
}

interface Answer {
  readonly line: { readonly tone: "well" | "unknown"; readonly says: string } | Finding
  /** All that the line does not say. */
  readonly others: ReadonlyArray<Finding>
}

/** Is all well? One line that answers it: that it is, or the worst of what is wrong. */
export const answer = (seen: Seen): Answer => {
  const all = findings(seen)
  const [worst, ...others] = all
  if (worst !== undefined && worst.tone !== "notice") return { line: worst, others }
  return {
    line: seen.fleet === undefined || seen.books === undefined || seen.flow === undefined
      ? { tone: "unknown", says: "Looking…" }
      : { tone: "well", says: "All is well" },
    others: all
  }
}

const gap = (what: string, difference: number): ReadonlyArray<Finding> =>
  difference === 0
    ? []
    : [{
      tone: "err",
      says: difference > 0
        ? `The books do not balance: ${counted(difference, what)} cannot be found`
        : `The books do not balance: ${counted(-difference, what)} too many`
    }]

const ofBooks = (books: BooksView | undefined): ReadonlyArray<Finding> =>
  books === undefined ? [] : [
    ...gap("event", books.events.difference),
    ...gap("alert", books.alerts.difference),
    ...gap("quarantined record", books.quarantine.difference)
  ]

const fleetPage = { to: "/fleet" } as const

const ofProgram = (
  { addresses, processes, reports_unavailable }: Fleet,
  program: Program
): ReadonlyArray<Finding> => {
  const all = processes.filter((process) => process.program === program)
  // That nobody is seen says nothing while nobody can be.
  if (all.length === 0 && reports_unavailable !== null) return []
  const silent = addresses.filter((address) => address.program === program).length
  const ready = all.filter(isReady).length
  const search = { program }
  if (ready === 0) {
    const says = all.length === 0 ? `No ${program} answers` : `No ${program} is ready`
    return [{ tone: "err", says, ...fleetPage, search }]
  }
  if (ready < all.length) {
    const says = `${all.length - ready} of ${counted(all.length, program)} not ready`
    return [{ tone: "warning", says, ...fleetPage, search }]
  }
  return silent === 0 ? [] : [{
    tone: "warning",
    says: silent === 1
      ? `An address of the ${program} does not answer`
      : `${silent} addresses of the ${program} do not answer`,
    ...fleetPage,
    search
  }]
}

/** Faults of processes that are ready; what keeps one from being ready is said by its program. */
const ofReady = (fleet: Fleet): ReadonlyArray<Finding> => {
  const faults = faultsOf(fleet)
  return fleet.processes.filter(isReady).flatMap((process): ReadonlyArray<Finding> => {
    const worst = faults(process).find(({ passes }) => passes !== true)
    return worst === undefined
      ? []
      : [{
        tone: worst.tone,
        says: `${process.program}: ${worst.says}`,
        ...fleetPage,
        search: { open: process.instance }
      }]
  })
}

const ofFleet = (fleet: Fleet | undefined): ReadonlyArray<Finding> =>
  fleet === undefined ? [] : [
    ...(fleet.reports_unavailable === null
      ? []
      : [
        { tone: "warning", says: firstSentence(fleet.reports_unavailable), ...fleetPage } as const
      ]),
    ...Program.literals.flatMap((program) => ofProgram(fleet, program)),
    ...ofReady(fleet)
  ]

const age = (ms: number): string => ms < 120_000 ? `${Math.round(ms / 1_000)} s` : `${Math.round(ms / 60_000)} min`

const waits = (what: string, ms: number, to: Place["path"]): ReadonlyArray<Finding> =>
  ms < slowMs ? [] : [{ tone: ms < stuckMs ? "warning" : "err", says: `${what} for ${age(ms)}`, to }]

const ofFlow = (flow: Flow | undefined): ReadonlyArray<Finding> => {
  if (flow === undefined) return []
  if (flow.unavailable !== null) return [{ tone: "err", says: firstSentence(flow.unavailable), ...fleetPage }]
  const now = flow.seconds.at(-1)
  if (now === undefined) return []
  return [
    ...(now.breaker === "open"
      ? [{ tone: "err", says: "Delivery is paused, as the receiver fails", to: "/alerts" } as const]
      : now.breaker === "half_open"
      ? [{ tone: "warning", says: "Delivery is being tried again after it was paused", to: "/alerts" } as const]
      : []),
    ...waits("An event has waited to be decided", now.oldest_event_ms, "/fleet"),
    ...waits("An alert could have been delivered", now.overdue_alert_ms, "/alerts")
  ]
}

const ofDeadLetters = (books: BooksView | undefined): ReadonlyArray<Finding> => {
  if (books === undefined) return []
  const kept = [
    {
      count: books.alerts.dead,
      says: `${counted(books.alerts.dead, "alert")} could not be delivered`,
      queue: "alerts"
    },
    { count: books.events.dead, says: `${counted(books.events.dead, "event")} could not be decided`, queue: "events" }
  ]
  const { held } = books.quarantine
  return [
    ...kept.flatMap(({ count, queue, says }): ReadonlyArray<Finding> =>
      count === 0 ? [] : [{ tone: "warning", says, to: "/dead-letters", search: { queue } }]
    ),
    ...(held === 0 ? [] : [
      {
        tone: "notice",
        says: `${counted(held, "record")} could not be read`,
        to: "/dead-letters",
        search: { queue: "quarantine" }
      } as const
    ])
  ]
}
