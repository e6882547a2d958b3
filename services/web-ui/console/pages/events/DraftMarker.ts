import type { RuleView } from "../../../../../src/api/web-ui/Rules.ts"
import type { EventRow } from "../../../../../src/domain/EventRow.ts"
import { type CalledRule, fromRuleColumns } from "../../../../../src/domain/Rule.ts"
import { ask } from "../../api/client.ts"
import { now } from "../../api/clock.ts"
import { type Trouble, troubleOf } from "../../api/problems.ts"
import { startWorker } from "../../api/workers.ts"
import type { DraftMark, TrialAnswer, TrialRequest } from "../../workers/RuleTrial.ts"
import { unlooked } from "./draftMarks.ts"
import { eventOf, trialOf } from "./rawEvent.ts"

/** Ids of one request: as many as the API takes. */
const atOnce = 100
const pauseMs = 200

/** What is known of a draft and the rows on the screen. */
export interface MarkView {
  readonly marks: ReadonlyMap<string, DraftMark | "lost">
  readonly trouble: Trouble | undefined
  /** Why the rule can't be used. */
  readonly refused: string | undefined
}

export const nothingMarked: MarkView = { marks: new Map(), trouble: undefined, refused: undefined }

type Row = Pick<EventRow, "id" | "ref">

/**
 * Holds a draft rule against the rows of a list. A row has neither tag nor the end of a long text, so the events are read
 * as they came, some at a time, and compared in a worker by the code that the alerter decides with.
 */
export class DraftMarker {
  readonly #draft: CalledRule
  readonly #rules: ReadonlyArray<RuleView>
  readonly #listeners = new Set<() => void>()
  readonly #given = new AbortController()
  readonly #known = new Map<string, DraftMark | "lost">()
  #view: MarkView = nothingMarked
  #worker: Worker | undefined
  #rows: ReadonlyArray<Row> = []
  #newestLast = false
  #busy = false
  #asked = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(draft: CalledRule, rules: ReadonlyArray<RuleView>) {
    this.#draft = draft
    this.#rules = rules
  }

  /** The answer ends it. */
  readonly start = (): () => void => {
    const worker = startWorker("rules")
    this.#worker = worker
    // Neither hosts nor teams say which rule decides.
    const rules = this.#rules.map((rule) => ({ ...fromRuleColumns(rule), id: rule.id, name: rule.name }))
    this.#send({ is: "rules", ruleSet: { version: 0, rules, developmentHosts: [], deviceTeams: [] } })
    void this.#go()
    return () => {
      this.#given.abort()
      clearTimeout(this.#timer)
      worker.terminate()
      this.#worker = undefined
    }
  }

  readonly subscribe = (listener: () => void): () => void => {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  readonly view = (): MarkView => this.#view

  /** The rows that are shown now. */
  readonly look = (rows: ReadonlyArray<Row>, newestLast: boolean): void => {
    this.#rows = rows
    this.#newestLast = newestLast
    void this.#go()
  }

  #tell(more: Partial<MarkView>) {
    this.#view = { ...this.#view, ...more }
    for (const listener of this.#listeners) listener()
  }

  #send(request: TrialRequest) {
    this.#worker?.postMessage(request)
  }

  /** Marks the next rows, and goes on with others after a pause. */
  async #go(): Promise<void> {
    if (this.#busy || this.#worker === undefined || this.#view.refused !== undefined) return
    const ids = unlooked(this.#rows, this.#known, { newestLast: this.#newestLast, most: atOnce })
    if (ids.length === 0) return
    this.#busy = true
    try {
      const query = { ids: ids.join(",") }
      const { events, rest } = await ask((api) => api.events.raw({ query }), this.#given.signal)
      const found = events.flatMap(({ id, raw_message }) => {
        const event = eventOf(raw_message)
        return event === undefined ? [] : [{ key: id, event: trialOf(event) }]
      })
      const answer = await this.#marked(found)
      const later = new Set(rest)
      for (const id of ids) if (!later.has(id)) this.#known.set(id, "lost")
      if ("marks" in answer) { for (const [id, mark] of answer.marks) this.#known.set(id, mark) }
      this.#tell({
        marks: new Map(this.#known),
        trouble: undefined,
        refused: "refused" in answer ? answer.refused : undefined
      })
    } catch (error) {
      if (!this.#given.signal.aborted) this.#tell({ trouble: troubleOf(error) })
    } finally {
      this.#timer = setTimeout(() => {
        this.#busy = false
        void this.#go()
      }, this.#view.trouble === undefined ? pauseMs : 25 * pauseMs)
    }
  }

  #marked(events: Extract<TrialRequest, { readonly is: "mark" }>["events"]): Promise<TrialAnswer> {
    const id = ++this.#asked
    const answered = new Promise<TrialAnswer>((resolve, reject) => {
      const { signal } = this.#given
      const take = ({ data }: MessageEvent<TrialAnswer>) => data.id === id && resolve(data)
      this.#worker?.addEventListener("message", take, { signal })
      this.#worker?.addEventListener("error", ({ message }) => reject(new Error(message)), { signal, once: true })
      signal.addEventListener("abort", () => reject(signal.reason), { once: true })
    })
    this.#send({ is: "mark", id, draft: this.#draft, events, at: now() })
    return answered
  }
}
