import { decodeEvent } from "../decode/decodeEvent.ts"
import type { Decision } from "../domain/Decision.ts"
import type { Event } from "../domain/Event.ts"
import type { PastEvent } from "../domain/PastEvent.ts"
import type { SilenceIndex } from "../silence/silenceIndex.ts"
import { pages } from "./figures.ts"

export const heldLimits = { samples: 20, message: 200 } as const

interface Held {
  events: number
  alerts: number
  pages: number
}
interface HeldSample extends Pick<Decision, "outcome" | "handling"> {
  readonly ref: string
  readonly hostname: string
  readonly severity: NonNullable<Event["severity"]> | null
  readonly message: string
  readonly rule: string | null
}

/** Counts which recorded events a silence would have held back. */
export class HeldTally {
  read = 0
  unreadable = 0
  last: number | undefined
  inWindows = 0
  readonly all: Held = { events: 0, alerts: 0, pages: 0 }
  readonly samples: Array<HeldSample> = []
  readonly #rules = new Map<string | null, Held>()
  readonly #severities = new Map<NonNullable<Event["severity"]> | null, Held>()
  readonly #index: SilenceIndex
  readonly #ruleName: (id: number) => string
  readonly #isInWindow: (at: number) => boolean

  /** `index` has the one silence, whose times cover all events. */
  constructor(index: SilenceIndex, ruleName: (id: number) => string, isInWindow: (at: number) => boolean) {
    this.#index = index
    this.#ruleName = ruleName
    this.#isInWindow = isInWindow
  }

  /** Looks at some events. Pauses after each. */
  *look(events: ReadonlyArray<PastEvent>): Generator<void, void> {
    for (const past of events) {
      this.read++
      this.last = past.at
      const event = decodeEvent(past.raw)
      if (typeof event === "string") this.unreadable++
      else if (this.#index.find(event, { ...past, reason: "" }) !== undefined) this.#count(past, event)
      yield
    }
  }

  get rules() {
    return [...this.#rules].sort(([, a], [, b]) => b.events - a.events || b.pages - a.pages).map(([rule, held]) =>
      Object.assign({ rule }, held)
    )
  }
  get severities() {
    return [...this.#severities].sort(([a], [b]) => (a ?? 8) - (b ?? 8)).map(([severity, held]) =>
      Object.assign({ severity }, held)
    )
  }

  #count(past: PastEvent, event: Event): void {
    const rule = past.ruleId === null ? null : this.#ruleName(past.ruleId)
    const severity = event.severity ?? null
    for (const held of [this.all, heldOf(this.#rules, rule), heldOf(this.#severities, severity)]) {
      held.events++
      if (past.outcome === "forwarded") held.alerts++
      if (pages(past)) held.pages++
    }
    if (this.#isInWindow(past.at)) this.inWindows++
    if (this.samples.length >= heldLimits.samples) return
    this.samples.push({
      ref: `${event.timestamp}_${event.id}`,
      hostname: event.hostname,
      severity,
      message: event.message.slice(0, heldLimits.message).toWellFormed(),
      rule,
      outcome: past.outcome,
      handling: past.handling
    })
  }
}

const heldOf = <K>(all: Map<K, Held>, key: K): Held => {
  const known = all.get(key)
  if (known !== undefined) return known
  const made = { events: 0, alerts: 0, pages: 0 }
  all.set(key, made)
  return made
}
