import { Context, Effect, Layer } from "effect"
import { DeliveryRecord, type DeliveryRecordUnavailable } from "../../../layers/audit/DeliveryRecord.ts"
import type { EventAuditFailed } from "../../../layers/audit/EventAudit.ts"
import { EventLookup } from "../../../layers/audit/EventLookup.ts"
import { DeadLetters } from "../../../layers/queue/DeadLetters.ts"
import type { QueueUnavailable } from "../../../layers/queue/QueueUnavailable.ts"
import { readDuePlace, WaitingAlerts, writeDuePlace } from "../../../layers/queue/WaitingAlerts.ts"
import type { AlertDetail, AlertState } from "../../../src/api/web-ui/Alerts.ts"
import { deadRow, deliveredRow, waitingRow } from "./alertRows.ts"

export type Unreachable = QueueUnavailable | DeliveryRecordUnavailable | EventAuditFailed

/** Where alerts are kept, in the order in which a list goes through them. */
const sections = ["due", "behind", "dead", "delivered"] as const
type Section = typeof sections[number]

const statesIn: Readonly<Record<Section, ReadonlyArray<AlertState>>> = {
  due: ["waiting", "parked", "claimed"],
  behind: ["waiting"],
  dead: ["dead"],
  delivered: ["delivered"]
}

/** The event of a delivered alert has to be found in the record, so looking at one counts as much as so many others. */
const deliveredWeight = 40

/** Read at a time. */
const atOnce = 100

/** Dead letters that are looked through for one alert, the newest first. */
const deadLooked = 1_000

interface Placed {
  readonly place: string
  readonly row: AlertDetail
}

export interface AlertSearch {
  readonly states: ReadonlyArray<AlertState>
  readonly fits: (row: AlertDetail) => boolean
  readonly limit: number
  /** At most so many alerts are looked at. */
  readonly looked: number
  readonly cursor?: string | undefined
}

/** `next`: where the list goes on; absent at its end. */
export interface AlertPage {
  readonly rows: ReadonlyArray<AlertDetail>
  readonly next: string | undefined
}

/** Lists alerts wherever they are. */
export class AlertPages extends Context.Service<AlertPages, {
  readonly page: (search: AlertSearch) => Effect.Effect<AlertPage, Unreachable>
  readonly find: (id: string) => Effect.Effect<AlertDetail | undefined, Unreachable>
}>()("mutt/services/web-ui/alerts/AlertPages") {
  static readonly layer = Layer.effect(
    AlertPages,
    Effect.gen(function*() {
      const waiting = yield* WaitingAlerts
      const letters = yield* DeadLetters
      const record = yield* DeliveryRecord
      const events = yield* EventLookup

      const delivered = Effect.fnUntraced(function*(limit: number, after: string | undefined) {
        const place = readDuePlace(after)
        const below = after === undefined ? undefined : { deliveredAt: place.score, alertId: place.after }
        const some = yield* record.newest(limit, below)
        const found = yield* events.findAll(some.map(({ alertId }) => alertId).filter(isUuid))
        const byId = new Map(found.map((event) => [event.id, event]))
        return some.map((one): Placed => ({
          place: writeDuePlace(one.deliveredAt, one.alertId),
          row: deliveredRow(one, byId.get(one.alertId))
        }))
      })

      const sources: Readonly<
        Record<
          Section,
          (limit: number, after: string | undefined) => Effect.Effect<ReadonlyArray<Placed>, Unreachable>
        >
      > = {
        due: (limit, after) => Effect.map(waiting.due(limit, after), placed),
        behind: (limit, after) => Effect.map(waiting.behind(limit, after), placed),
        dead: (limit, after) =>
          Effect.map(
            letters.list("alerts", limit, after),
            (some) => some.map((letter) => ({ place: letter.entryId, row: deadRow(letter) }))
          ),
        delivered
      }

      const page = Effect.fn("AlertPages.page")(function*({ cursor, fits, limit, looked, states }: AlertSearch) {
        const wanted = sections.filter((section) => statesIn[section].some((state) => states.includes(state)))
        const rows: Array<AlertDetail> = []
        const begun = readCursor(cursor, wanted)
        let left = looked
        let after = begun?.after
        for (const section of wanted.slice(begun === undefined ? 0 : wanted.indexOf(begun.section))) {
          const weight = section === "delivered" ? deliveredWeight : 1
          // A page is mostly filled by the first read; what is found by a filter needs more of them.
          let asked = Math.min(atOnce, limit - rows.length + 1)
          for (let more = true; more;) {
            if (rows.length === limit || left <= 0) return { rows, next: writeCursor(section, after) }
            const some = yield* sources[section](asked, after)
            more = some.length === asked
            asked = atOnce
            for (const { place, row } of some) {
              if (rows.length === limit) return { rows, next: writeCursor(section, after) }
              after = place
              left -= weight
              if (states.includes(row.state) && fits(row)) rows.push(row)
            }
            yield* Effect.yieldNow
          }
          after = undefined
        }
        return { rows, next: undefined }
      })

      const find = Effect.fn("AlertPages.find")(function*(id: string) {
        const [here] = yield* waiting.find([id])
        if (here !== undefined) return waitingRow(here)
        const told = yield* record.find(id)
        if (told !== undefined) return deliveredRow(told, yield* events.find({ id }))
        for (let before: string | undefined, looked = 0; looked < deadLooked; looked += atOnce) {
          const some = yield* letters.list("alerts", atOnce, before)
          const dead = some.find(({ payload }) => payload.startsWith(`{"id":"${id}"`))
          if (dead !== undefined) return deadRow(dead)
          before = some.at(-1)?.entryId
          if (some.length < atOnce) break
        }
        return undefined
      })

      return AlertPages.of({ page, find })
    })
  )
}

const placed = (some: ReadonlyArray<{ readonly place: string; readonly alert: Parameters<typeof waitingRow>[0] }>) =>
  some.map(({ alert, place }): Placed => ({ place, row: waitingRow(alert) }))

const isUuid = (id: string): boolean => /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)

const writeCursor = (section: Section, after: string | undefined): string => `${section}_${after ?? ""}`

const readCursor = (cursor: string | undefined, wanted: ReadonlyArray<Section>) => {
  if (cursor === undefined) return undefined
  const end = cursor.indexOf("_")
  const section = wanted.find((one) => one === cursor.slice(0, end))
  const after = cursor.slice(end + 1)
  return section === undefined ? undefined : { section, after: after === "" ? undefined : after }
}
