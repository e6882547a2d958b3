import { isoText } from "../decode/fields/calendar.ts"
import type { BacktestExample, BacktestResult } from "../domain/BacktestResult.ts"
import { type Decision, DecisionOutcome } from "../domain/Decision.ts"
import type { Event } from "../domain/Event.ts"
import type { PastEvent } from "../domain/PastEvent.ts"
import type { Decided } from "./Decider.ts"
import { changeOf, count, noFigures, type Sides, sidesOf } from "./figures.ts"

export const tallyLimits = {
  /** Examples of each pair of outcomes. */
  examples: 20,
  /** Characters of the message of an example. */
  message: 200,
  /** Hosts that are told. */
  hosts: 20,
  /** Differing hosts that are counted; those after them only in sum. */
  hostsCounted: 50_000
} as const

interface Cell {
  readonly old: Decision["outcome"]
  readonly new: Decision["outcome"]
  count: number
  differing: number
  readonly examples: Array<BacktestExample>
}

interface Host extends Sides {
  differing: number
}

const hourMs = 3_600_000

/** Counts what two sets of rules make of the same events. What it keeps does not grow with them. */
export class BacktestTally {
  /** Events whose text is no event, of which the rules cannot be asked. */
  unreadable = 0
  /** Events that a silence held back when they were recorded. */
  silenced = 0
  read = 0
  last: number | undefined
  readonly #cells: ReadonlyArray<Cell> = DecisionOutcome.literals.flatMap((old) =>
    DecisionOutcome.literals.map((after): Cell => ({ old, new: after, count: 0, differing: 0, examples: [] }))
  )
  readonly #all = noFigures()
  readonly #rules = new Map<string, Sides>()
  readonly #teams = new Map<string, Sides>()
  readonly #hours = new Map<number, Sides>()
  readonly #hosts = new Map<string, Host>()
  #manyHosts = false
  readonly #names: { readonly old: (id: number) => string; readonly new: (id: number) => string }

  constructor(names: { readonly old: (id: number) => string; readonly new: (id: number) => string }) {
    this.#names = names
  }

  add(past: PastEvent, event: Event, old: Decided, after: Decided): void {
    const cell = this.#cells[place(old.outcome) * 3 + place(after.outcome)]!
    cell.count++
    this.#count("old", past.at, old)
    this.#count("new", past.at, after)
    if (!differ(old, after)) return
    cell.differing++
    if (cell.examples.length < tallyLimits.examples) cell.examples.push(this.#example(event, old, after))
    this.#countHost(event.hostname, old, after)
  }

  get differing(): number {
    return this.#cells.reduce((sum, cell) => sum + cell.differing, 0)
  }
  get unmatched(): number {
    return this.#cells.reduce((sum, { count, ...cell }) => sum + (cell.new === "unmatched" ? count : 0), 0)
  }
  /** More hosts differ than are counted. */
  get manyHosts(): boolean {
    return this.#manyHosts
  }

  get figures(): Pick<BacktestResult, "differing" | "matrix" | "all" | "rules" | "teams" | "hours" | "hosts"> {
    const listed = (all: ReadonlyMap<string, Sides>) =>
      [...all].sort(([a, x], [b, y]) => changeOf(y) - changeOf(x) || (a < b ? -1 : 1))
    return {
      differing: this.differing,
      matrix: this.#cells.filter((cell) => cell.count > 0),
      all: this.#all,
      rules: listed(this.#rules).map(([rule, sides]) => Object.assign({ rule }, sides)),
      teams: listed(this.#teams).map(([team, sides]) => Object.assign({ team }, sides)),
      hours: [...this.#hours].sort(([a], [b]) => a - b).map(([hour, sides]) =>
        Object.assign({ hour: isoText(hour * hourMs) }, sides)
      ),
      hosts: [...this.#hosts].sort(([a, x], [b, y]) => y.differing - x.differing || (a < b ? -1 : 1))
        .slice(0, tallyLimits.hosts).map(([hostname, host]) => Object.assign({ hostname }, host))
    }
  }

  #count(side: "old" | "new", at: number, decided: Decided): void {
    if (decided.outcome !== "forwarded") return
    count(this.#all[side], decided)
    count(sidesOf(this.#rules, this.#ruleOf(side, decided) ?? "")[side], decided)
    count(sidesOf(this.#teams, decided.team)[side], decided)
    count(sidesOf(this.#hours, Math.floor(at / hourMs))[side], decided)
  }

  #countHost(hostname: string, old: Decided, after: Decided): void {
    let host = this.#hosts.get(hostname)
    if (host === undefined) {
      if (this.#hosts.size >= tallyLimits.hostsCounted) {
        this.#manyHosts = true
        return
      }
      host = { ...noFigures(), differing: 0 }
      this.#hosts.set(own(hostname), host)
    }
    host.differing++
    count(host.old, old)
    count(host.new, after)
  }

  #ruleOf(side: "old" | "new", { ruleId }: Decided): string | null {
    return ruleId === null ? null : this.#names[side](ruleId)
  }

  #example(event: Event, old: Decided, after: Decided): BacktestExample {
    const shown = (side: "old" | "new", decided: Decided) => ({
      outcome: decided.outcome,
      rule: this.#ruleOf(side, decided),
      handling: decided.handling,
      team: decided.team,
      environment: decided.environment
    })
    return {
      ref: `${event.timestamp}_${event.id}`,
      hostname: own(event.hostname),
      severity: event.severity ?? null,
      message: own(event.message.slice(0, tallyLimits.message).toWellFormed()),
      old: shown("old", old),
      new: shown("new", after)
    }
  }
}

const places: Readonly<Record<Decision["outcome"], number>> = { forwarded: 0, suppressed: 1, unmatched: 2 }
const place = (outcome: Decision["outcome"]): number => places[outcome]

const differ = (a: Decided, b: Decided): boolean =>
  a !== b && (a.outcome !== b.outcome || a.ruleId !== b.ruleId || a.handling !== b.handling || a.team !== b.team ||
    a.environment !== b.environment)

/** A part of a text would keep the whole of it. */
const own = (part: string): string => ` ${part}`.slice(1)
