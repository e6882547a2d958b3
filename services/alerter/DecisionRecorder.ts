import { Clock, Context, Effect, Layer, Metric } from "effect"
import { type AuditRecord, EventAudit, EventAuditFailed } from "../../layers/audit/EventAudit.ts"
import type { Decision } from "../../src/domain/Decision.ts"
import type { Hopeless, Judged } from "./evaluate.ts"
import { writeMilliseconds } from "./metrics.ts"
import { makeInsistence } from "./retryUntilAccepted.ts"

/** What became of a batch of decisions. */
export interface Registered {
  readonly accepted: ReadonlyArray<Judged>
  /** By event id, where it may differ from the judgement: what somebody recorded before. */
  readonly recorded: ReadonlyMap<string, Decision>
  readonly refused: ReadonlyArray<Hopeless>
}

/**
 * Stores the decisions of a batch, in one statement when all goes well. While the database is away it waits, however long; a record the
 * database refuses is found by halving and left out, alone.
 */
export class Registrar extends Context.Service<Registrar, {
  readonly record: (judged: ReadonlyArray<Judged>, at: string) => Effect.Effect<Registered>
  /** Why the database takes nothing, while a batch is waiting for it. */
  readonly trouble: () => string | undefined
}>()("mutt/services/alerter/DecisionRecorder") {}

/** A statement that has not come back by then is given up and offered again: the connection may be dead. */
const patience = "30 seconds"

export const RegistrarLayer = Layer.effect(
  Registrar,
  Effect.gen(function*() {
    const audit = yield* EventAudit
    const { insist, trouble } = makeInsistence("PostgreSQL")

    const store = (records: ReadonlyArray<AuditRecord>) =>
      Effect.gen(function*() {
        const started = yield* Clock.currentTimeMillis
        const recorded = yield* audit.record(records)
        yield* Metric.update(writeMilliseconds, (yield* Clock.currentTimeMillis) - started)
        return recorded
      }).pipe(
        Effect.timeoutOrElse({
          duration: patience,
          orElse: () => Effect.fail(new EventAuditFailed({ reason: "unavailable", detail: `no answer in ${patience}` }))
        })
      )

    const record = (judged: ReadonlyArray<Judged>, at: string): Effect.Effect<Registered> =>
      insist(
        store(judged.map((one) => one.record)),
        ({ detail, reason }) => (reason === "unavailable" ? detail : undefined)
      ).pipe(
        Effect.map((recorded) => ({ accepted: judged, recorded, refused: [] })),
        Effect.catch(({ detail }) => refuse(judged, at, detail))
      )

    const refuse = (judged: ReadonlyArray<Judged>, at: string, detail: string): Effect.Effect<Registered> => {
      const [only] = judged
      if (only !== undefined && judged.length === 1) {
        const letter = { reason: "refused_by_database", detail, at }
        return Effect.succeed({ accepted: [], recorded: new Map(), refused: [{ place: only.place, letter }] })
      }
      const middle = Math.ceil(judged.length / 2)
      return Effect.map(
        Effect.all([record(judged.slice(0, middle), at), record(judged.slice(middle), at)]),
        ([first, second]) => ({
          accepted: [...first.accepted, ...second.accepted],
          recorded: new Map([...first.recorded, ...second.recorded]),
          refused: [...first.refused, ...second.refused]
        })
      )
    }

    return Registrar.of({ record, trouble })
  })
)
