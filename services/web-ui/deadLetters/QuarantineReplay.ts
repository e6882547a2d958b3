import { Context, Effect, Layer, Option, Schema } from "effect"
import { DynamicConfig } from "../../../layers/config/DynamicConfig.ts"
import { TrapTable } from "../../../layers/config/TrapTable.ts"
import { makeZoneOf } from "../../../layers/config/zoneOf.ts"
import { DeadLetters, type Reread } from "../../../layers/queue/DeadLetters.ts"
import type { QueueUnavailable } from "../../../layers/queue/QueueUnavailable.ts"
import { decodeAgain } from "../../../src/decode/decodeAgain.ts"
import { Quarantined } from "../../../src/domain/Event.ts"

/** The outcome of a replay: each entry id is in one of the lists. */
export interface QuarantineReplayed {
  readonly replayed: ReadonlyArray<string>
  readonly missing: ReadonlyArray<string>
  readonly unreadable: ReadonlyArray<{ readonly id: string; readonly reason: string; readonly detail: string }>
  readonly cut: ReadonlyArray<string>
  readonly later: ReadonlyArray<string>
}

/** Decodes quarantined records again and appends those that now decode to the event queue. */
export class QuarantineReplay extends Context.Service<QuarantineReplay, {
  /** Moves all records in one step at the end, so that repeated or concurrent replays move each record once. */
  readonly replay: (entryIds: ReadonlyArray<string>) => Effect.Effect<QuarantineReplayed, QueueUnavailable>
}>()("mutt/services/web-ui/deadLetters/QuarantineReplay") {
  static readonly layer = Layer.effect(
    QuarantineReplay,
    Effect.gen(function*() {
      const letters = yield* DeadLetters
      const config = yield* DynamicConfig
      const trapNames = yield* TrapTable
      const zoneOf = yield* makeZoneOf

      const again = (text: string) =>
        Option.match(decodeQuarantined(text), {
          onNone: () => unknown,
          onSome: (record) => decodeAgain(record, { zoneOf, trapNames })
        })

      const replay = Effect.fn("QuarantineReplay.replay")(function*(entryIds: ReadonlyArray<string>) {
        const ids = [...new Set(entryIds)]
        const there = new Set<string>()
        const cut: Array<string> = []
        const later: Array<string> = []
        const reread: Array<Reread> = []
        let size = 0
        for (let at = 0; at < ids.length; at += atOnce) {
          for (const { entryId, text } of yield* letters.quarantined(ids.slice(at, at + atOnce))) {
            there.add(entryId)
            if (size > mostCharacters) {
              later.push(entryId)
              continue
            }
            const result = again(text)
            if (result._tag === "cut") cut.push(entryId)
            else if (result._tag === "unreadable") {
              reread.push({ entryId, reason: result.reason, detail: result.detail })
            } else {
              reread.push({ entryId, events: result.texts })
              size += result.texts.reduce((sum, { length }) => sum + length, 0)
            }
          }
          yield* Effect.yieldNow
        }
        const { values } = config.snapshot()
        const outcomes = yield* letters.requeue(reread, {
          capacity: values.max_ingest_queue_size,
          capacityBytes: values.max_ingest_queue_bytes
        })
        const ended = (outcome: typeof outcomes[number]) => reread.filter((_, index) => outcomes[index] === outcome)
        return {
          replayed: ended("replayed").map(idOf),
          missing: [...ids.filter((id) => !there.has(id)), ...ended("missing").map(idOf)],
          unreadable: ended("kept").flatMap((one) =>
            "events" in one ? [] : [{ id: one.entryId, reason: one.reason, detail: one.detail }]
          ),
          cut,
          later: [...ended("full").map(idOf), ...later]
        }
      })

      return QuarantineReplay.of({ replay })
    })
  )
}

const decodeQuarantined = Schema.decodeUnknownOption(Schema.fromJsonString(Quarantined))

/** Records decoded before the event loop gets its turn; each has at most 16,384 characters. */
const atOnce = 20

/** Most characters of events in one replay. */
const mostCharacters = 4_194_304

const unknown = { _tag: "unreadable", reason: "unknown", detail: "What is kept is no record of this release." } as const

const idOf = ({ entryId }: Reread): string => entryId
