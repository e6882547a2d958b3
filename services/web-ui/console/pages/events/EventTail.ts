import type { EventBatch } from "../../../../../src/api/web-ui/EventLists.ts"
import type { EventRow } from "../../../../../src/domain/EventRow.ts"
import { now } from "../../api/clock.ts"
import { type Trouble, troubleOf } from "../../api/problems.ts"
import { learnSession } from "../../api/session.ts"
import { bell } from "../../api/sound.ts"
import { TailBuffer } from "./TailBuffer.ts"

/** `emerg`, `alert` and `crit`. */
const isCritical = ({ severity }: EventRow): boolean => severity !== null && severity <= 2

/** What a tail looks like at one moment. */
export interface TailView {
  readonly rows: ReadonlyArray<EventRow>
  readonly held: boolean
  readonly waiting: number
  readonly skipped: number
  /** What came between these times is not here, as the server goes back only so far. */
  readonly missed: { readonly from: string; readonly to: string } | undefined
  readonly is: "connecting" | "open" | "lost" | "away"
  /** What came while the connection was gone is still coming. */
  readonly late: boolean
  /** Why it could not be opened, when the server said so. */
  readonly trouble: Trouble | undefined
}

const drainMs = 100
/** A tab that nobody sees lets go of its connection after so long. */
const hiddenMs = 30_000
const longestPauseMs = 30_000
/** A batch with fewer rows is all that there was. */
const fullBatch = 200

/** Events as they are recorded, by one connection, which goes on where it stopped. */
export class EventTail {
  readonly #buffer = new TailBuffer<EventRow>()
  readonly #query: URLSearchParams
  readonly #listeners = new Set<() => void>()
  #view: TailView = {
    rows: [],
    held: false,
    waiting: 0,
    skipped: 0,
    missed: undefined,
    is: "connecting",
    late: false,
    trouble: undefined
  }
  #source: EventSource | undefined
  #after = ""
  /** When a batch came last. */
  #toldAt = ""
  #late = false
  #tries = 0
  #drain: ReturnType<typeof setInterval> | undefined
  #retry: ReturnType<typeof setTimeout> | undefined
  #hide: ReturnType<typeof setTimeout> | undefined

  constructor(query: Readonly<Record<string, string>>) {
    this.#query = new URLSearchParams(query)
  }

  /** Opens it; the answer ends it. */
  readonly start = (): () => void => {
    document.addEventListener("visibilitychange", this.#seen)
    this.#drain = setInterval(() => {
      if (this.#buffer.drain()) this.#tell({})
    }, drainMs)
    this.#connect()
    return () => {
      document.removeEventListener("visibilitychange", this.#seen)
      clearInterval(this.#drain)
      clearTimeout(this.#hide)
      this.#close()
    }
  }

  readonly subscribe = (listener: () => void): () => void => {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  readonly view = (): TailView => this.#view

  readonly hold = (): void => {
    if (this.#buffer.isHeld) return
    this.#buffer.hold()
    this.#tell({})
  }

  readonly release = (): void => {
    if (!this.#buffer.isHeld) return
    this.#buffer.release()
    this.#buffer.drain()
    this.#tell({})
  }

  /** Leaves out what is not read yet, and goes on with what comes from now on. */
  readonly skipToNow = (): void => {
    this.#after = ""
    this.#buffer.clear()
    this.#view = { ...this.#view, missed: undefined }
    this.#connect()
  }

  #tell(more: Partial<Pick<TailView, "is" | "trouble" | "missed">>) {
    const { isHeld, shown, skipped, waiting } = this.#buffer
    this.#view = { ...this.#view, rows: shown, held: isHeld, skipped, waiting, late: this.#late, ...more }
    for (const listener of this.#listeners) listener()
  }

  #close() {
    clearTimeout(this.#retry)
    this.#source?.close()
    this.#source = undefined
  }

  readonly #connect = () => {
    this.#close()
    if (document.visibilityState === "hidden") return this.#tell({ is: "away" })
    const query = new URLSearchParams(this.#query)
    this.#late = this.#after !== ""
    if (this.#after !== "") query.set("after", this.#after)
    const address = `/api/v1/events/stream?${query.toString()}`
    const source = new EventSource(address)
    this.#source = source
    source.addEventListener("open", () => {
      this.#tries = 0
      this.#tell({ is: "open", trouble: undefined })
    })
    source.addEventListener("batch", ({ data, lastEventId }) => {
      const batch: EventBatch = JSON.parse(data)
      this.#after = lastEventId
      this.#toldAt = new Date(now()).toISOString()
      if (batch.rows.length < fullBatch) this.#late = false
      this.#buffer.add(batch.rows, batch.skipped)
      bell.came(batch.rows.filter(isCritical).map(({ id }) => id))
    })
    source.addEventListener("bye", () => this.#lost(undefined))
    source.addEventListener("error", () => {
      const refused = source.readyState === EventSource.CLOSED
      this.#lost(undefined)
      if (refused) void this.#ask(address)
    })
  }

  /** A refusal has no text for an `EventSource`, so it is asked for once more. */
  async #ask(address: string) {
    const given = new AbortController()
    try {
      const answer = await fetch(address, { signal: given.signal })
      if (answer.status === 401) await learnSession()
      if (answer.ok) return
      const trouble = troubleOf(await answer.json())
      if (trouble.fields.some(({ field }) => field === "after")) this.#beginAnew()
      else this.#tell({ trouble })
    } catch (error) {
      this.#tell({ trouble: troubleOf(error) })
    } finally {
      given.abort()
    }
  }

  /** It was away for so long that the server does not go on from there: what is between is said to be missing. */
  #beginAnew() {
    const to = new Date(now()).toISOString()
    this.#after = ""
    this.#tell({ missed: { from: this.#view.missed?.from ?? this.#toldAt, to } })
    this.#connect()
  }

  #lost(trouble: Trouble | undefined) {
    this.#close()
    this.#tell({ is: "lost", trouble })
    this.#tries += 1
    const [random = 0] = crypto.getRandomValues(new Uint8Array(1))
    const pause = Math.min(longestPauseMs, 1_000 * 2 ** Math.min(this.#tries - 1, 5)) * (0.5 + random / 512)
    this.#retry = setTimeout(this.#connect, pause)
  }

  readonly #seen = () => {
    clearTimeout(this.#hide)
    if (document.visibilityState === "visible") {
      if (this.#source === undefined) this.#connect()
      return
    }
    this.#hide = setTimeout(() => {
      this.#close()
      this.#tell({ is: "away" })
    }, hiddenMs)
  }
}
