import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { ConfigAuditPostgres } from "../../../../layers/audit/ConfigAuditPostgres.ts"
import { RotationJournal } from "../../../../services/web-ui/rotation/RotationJournal.ts"
import { RotationJournalPostgres } from "../../../../services/web-ui/rotation/RotationJournalPostgres.ts"
import { NewestChanges } from "../../../../services/web-ui/stream/NewestChanges.ts"
import { NewestChangesPostgres } from "../../../../services/web-ui/stream/NewestChangesPostgres.ts"
import { migratedDatabase, Owner } from "../../../layers/database.ts"

const world = Layer.merge(RotationJournalPostgres, NewestChangesPostgres).pipe(
  Layer.provideMerge(ConfigAuditPostgres),
  Layer.provideMerge(migratedDatabase())
)
const author = { actor: "op", reason: "due", correlationId: "r-1" }

layer(world, { excludeTestServices: true })("the newest changes in PostgreSQL", (it) => {
  it.effect("are another version after each change, and name the rotations that are open", () =>
    Effect.gen(function*() {
      const { read } = yield* NewestChanges
      const journal = yield* RotationJournal
      const owner = yield* Owner
      const first = yield* read
      assert.deepStrictEqual([first.rotation.open, first.audit.newest], [[], null])
      const opened = yield* journal.open("DB_PASS", "postgres", author)
      const during = yield* read
      const [one] = during.rotation.open
      assert.deepInclude(one, { secret: "DB_PASS", state: "STEADY", step: "stage", stopped: false })
      assert.match(one?.changed_at ?? "", /^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
      assert.isAbove(during.audit.newest ?? 0, 0)
      assert.deepStrictEqual([during.rules, during.silences], [first.rules, first.silences])
      yield* owner`INSERT INTO development_hosts (hostname) VALUES ('lab-1')`
      assert.isAbove((yield* read).rules.version, first.rules.version)
      yield* journal.done(opened, { state: "STEADY", direction: "forward", outcome: "completed", detail: "" }, author)
      assert.deepStrictEqual((yield* read).rotation.open, [])
    }))
})
