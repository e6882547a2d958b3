import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { ConfigAuditPostgres } from "../../../../layers/audit/ConfigAuditPostgres.ts"
import { makeLookAtRotations } from "../../../../services/web-ui/rotation/OpenRotationsLook.ts"
import { RotationJournal } from "../../../../services/web-ui/rotation/RotationJournal.ts"
import { RotationJournalPostgres } from "../../../../services/web-ui/rotation/RotationJournalPostgres.ts"
import { migratedDatabase, Owner } from "../../../layers/database.ts"
import { ownMetrics, seriesOf } from "../../../layers/telemetry/seriesOf.ts"

const world = RotationJournalPostgres.pipe(
  Layer.provideMerge(ConfigAuditPostgres),
  Layer.provideMerge(migratedDatabase())
)
const author = { actor: "op", reason: "due", correlationId: "r-1" }

layer(world, { excludeTestServices: true })("rotations that are open", (it) => {
  it.effect("show how long they are, and 0 once they are closed", () =>
    ownMetrics(Effect.gen(function*() {
      const journal = yield* RotationJournal
      const owner = yield* Owner
      const look = yield* makeLookAtRotations
      yield* look
      assert.deepStrictEqual(yield* seriesOf("mutt_rotation_open_seconds"), {})
      const opened = yield* journal.open("DB_PASS", "postgres", author)
      yield* owner`ALTER TABLE secret_rotations DISABLE TRIGGER USER`
      yield* owner`UPDATE secret_rotations SET opened_at = opened_at - interval '2 hours'`
      yield* owner`ALTER TABLE secret_rotations ENABLE TRIGGER USER`
      yield* look
      const { DB_PASS: seconds } = yield* seriesOf("mutt_rotation_open_seconds")
      assert.isAtLeast(seconds ?? 0, 7_200)
      yield* journal.done(opened, { state: "STEADY", direction: "forward", outcome: "completed", detail: "" }, author)
      yield* look
      yield* look
      assert.deepStrictEqual(yield* seriesOf("mutt_rotation_open_seconds"), { DB_PASS: 0 })
    })))
})
