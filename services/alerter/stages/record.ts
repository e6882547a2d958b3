import { Clock, Context, Effect, Layer } from "effect"
import { type AuditRecord, EventAudit, EventAuditFailed } from "../../../layers/audit/EventAudit.ts"
import { linkTo, Tracing, within } from "../../../layers/telemetry/Tracing.ts"
import type { Decision } from "../../../src/domain/Decision.ts"
import type { Batch, Evaluated, Rejected, Stage } from "../Batch.ts"
import { writeTook } from "../metrics.ts"
import { makeRetryUntilAccepted } from "../retryUntilAccepted.ts"

/** What became of a batch of decisions. */
interface Recorded {
  readonly accepted: ReadonlyArray<Evaluated>
  /** By event id: what another alerter recorded before, where it may differ. */
  readonly recorded: ReadonlyMap<string, Decision>
  readonly refused: ReadonlyArray<Rejected>
}

/**
 * Stores the decisions of a batch, in one statement when all goes well. Waits while the database is away, however long;
 * a record that the database refuses is found by halving, and left out alone.
 */
export class DecisionRecorder extends Context.Service<DecisionRecorder, {
  readonly record: (evaluated: ReadonlyArray<Evaluated>, at: string) => Effect.Effect<Recorded>
  /** Why the database accepts nothing, while a batch waits for it. */
  readonly trouble: () => string | undefined
}>()("mutt/services/alerter/stages/record/DecisionRecorder") {}

/** Records the decisions of a batch. */
export const makeRecord = Effect.map(
  DecisionRecorder,
  ({ record }): Stage => (batch) =>
    Effect.map(recordSpan(batch, record(batch.evaluated, batch.at)), ({ accepted, recorded, refused }) => ({
      ...batch,
      evaluated: accepted,
      recorded,
      rejected: [...batch.rejected, ...refused]
    }))
)

/** One span for the batch, in the trace of its first event that is told, and linked to all of these. */
const recordSpan = <A>({ evaluated, spans }: Batch, recording: Effect.Effect<A>): Effect.Effect<A> => {
  const parent = spans[0]?.span
  if (parent === undefined) return recording
  const attributes = {
    "db.system.name": "postgresql",
    "db.operation.name": "INSERT",
    "db.collection.name": "event_audit",
    "db.operation.batch.size": evaluated.length
  }
  return Effect.flatMap(
    Tracing,
    ({ start }) =>
      within(
        start("record", { kind: "client", parent, links: linkTo(spans.map(({ span }) => span)), attributes }),
        recording
      )
  )
}

/** A statement without an answer by then is offered again: its connection may be dead. */
const statementTimeout = "30 seconds"

export const DecisionRecorderLayer = Layer.effect(
  DecisionRecorder,
  Effect.gen(function*() {
    const audit = yield* EventAudit
    const { retry: untilAccepted, trouble } = makeRetryUntilAccepted("PostgreSQL")

    const store = (records: ReadonlyArray<AuditRecord>) =>
      Effect.gen(function*() {
        const started = yield* Clock.currentTimeMillis
        const recorded = yield* audit.record(records)
        yield* writeTook((yield* Clock.currentTimeMillis) - started)
        return recorded
      }).pipe(
        Effect.timeoutOrElse({
          duration: statementTimeout,
          orElse: () =>
            Effect.fail(new EventAuditFailed({ reason: "unavailable", detail: `no answer in ${statementTimeout}` }))
        })
      )

    const record = (evaluated: ReadonlyArray<Evaluated>, at: string): Effect.Effect<Recorded> =>
      untilAccepted(
        store(evaluated.map((one) => one.record)),
        ({ detail, reason }) => (reason === "unavailable" ? detail : undefined)
      ).pipe(
        Effect.map((recorded) => ({ accepted: evaluated, recorded, refused: [] })),
        Effect.catch(({ detail }) => refuse(evaluated, at, detail))
      )

    const refuse = (evaluated: ReadonlyArray<Evaluated>, at: string, detail: string): Effect.Effect<Recorded> => {
      const [only] = evaluated
      if (only !== undefined && evaluated.length === 1) {
        const refused = [{ position: only.position, reason: "refused_by_database", detail, at }]
        return Effect.succeed({ accepted: [], recorded: new Map(), refused })
      }
      const middle = Math.ceil(evaluated.length / 2)
      return Effect.map(
        Effect.all([record(evaluated.slice(0, middle), at), record(evaluated.slice(middle), at)]),
        ([first, second]) => ({
          accepted: [...first.accepted, ...second.accepted],
          recorded: new Map([...first.recorded, ...second.recorded]),
          refused: [...first.refused, ...second.refused]
        })
      )
    }

    return DecisionRecorder.of({ record, trouble })
  })
)
