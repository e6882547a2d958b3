import type { Vitest } from "@effect/vitest"
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import { detailOf } from "../../../../layers/postgres/PostgresConnection.ts"
import { RotationJournal } from "../../../../services/web-ui/rotation/RotationJournal.ts"

const author = { actor: "tester", reason: null, correlationId: "c-1" }

/** Does all of it in one transaction, as the programs' role. */
const attempt = (statements: ReadonlyArray<string>) =>
  Effect.flatMap(
    SqlClient.SqlClient,
    (sql) => sql.withTransaction(Effect.forEach(statements, (statement) => sql.unsafe(statement)))
  )

const refused = Effect.fnUntraced(function*(words: RegExp, ...statements: ReadonlyArray<string>) {
  const error: SqlError.SqlError = yield* Effect.flip(attempt(statements))
  assert.match(detailOf(error), words, statements.join("; "))
})

const unlinked = /needs its link in the audit chain/
const denied = /permission denied|append-only/

/** What PostgreSQL refuses to whoever has the programs' password, and to programs that forget a link. */
export const unlinkedRotations = <R>(it: Vitest.MethodsNonLive<RotationJournal | SqlClient.SqlClient | R>) => {
  it.effect("does not change without the link that says so", () =>
    Effect.gen(function*() {
      const journal = yield* RotationJournal
      const opened = yield* journal.open("SNMP_PASS", "key", author)
      const ending = { state: "STAGED", direction: "forward", outcome: null, detail: "" } as const
      const { id } = yield* journal.done(opened, ending, author)

      const link = (after: object, actor = "tester", secret = "SNMP_PASS", before = "STAGED") =>
        `SELECT append_audit_link('${actor}', 'UPDATE', 'secret_rotation', '${secret}',
          '{"state": "${before}", "direction": "forward"}', '${JSON.stringify(after)}', NULL, 'c')`
      const intent = { rotation: id, step: "apply", phase: "intent", state: "STAGED", direction: "forward" }
      const intend = `UPDATE secret_rotations SET pending = 'apply', attempt = attempt + 1 WHERE id = ${id}`
      const enter = (step: string, by = "tester", detail = "", forced = "NULL") =>
        `INSERT INTO secret_rotation_steps (rotation_id, seq, step, phase, state, made_by, forced, detail)
          VALUES (${id}, 99, '${step}', 'intent', 'STAGED', '${by}', ${forced}, '${detail}')`

      yield* refused(unlinked, intend)
      yield* refused(unlinked, `UPDATE secret_rotations SET attempt = attempt + 1 WHERE id = ${id}`)
      yield* refused(unlinked, `UPDATE secret_rotations SET closed_at = now(), outcome = 'completed' WHERE id = ${id}`)
      yield* refused(unlinked, `UPDATE secret_rotations SET state = 'STEADY', direction = 'back' WHERE id = ${id}`)
      yield* refused(
        unlinked,
        `INSERT INTO secret_rotations (secret, kind, state, pending, attempt, opened_by)
          VALUES ('OTHER', 'key', 'STEADY', 'stage', 1, 'tester')`
      )
      yield* refused(unlinked, enter("apply"))
      yield* refused(denied, "DELETE FROM secret_rotations")
      yield* refused(denied, "UPDATE secret_rotations SET opened_by = 'alice'")
      yield* refused(denied, "UPDATE secret_rotation_steps SET made_by = 'alice'")
      yield* refused(denied, "DELETE FROM secret_rotation_steps")

      // A link that says something else says nothing.
      yield* refused(unlinked, intend, link({ ...intent, step: "retire" }))
      yield* refused(unlinked, intend, link({ ...intent, phase: "done" }))
      yield* refused(unlinked, intend, link({ ...intent, state: "APPLIED" }))
      yield* refused(unlinked, intend, link({ ...intent, direction: "back" }))
      yield* refused(unlinked, intend, link({ ...intent, rotation: id + 1 }))
      yield* refused(unlinked, intend, link(intent, "tester", "DB_PASS"))
      yield* refused(unlinked, intend, link(intent, "tester", "SNMP_PASS", "STEADY"))
      yield* refused(unlinked, enter("apply", "alice"), link(intent))
      yield* refused(unlinked, enter("apply", "tester", "a note"), link(intent))
      yield* refused(unlinked, enter("apply", "tester", "", "'[]'"), link(intent))
      yield* refused(unlinked, enter("retire"), link(intent))
      // One of another transaction too.
      yield* attempt([link(intent)])
      yield* refused(unlinked, intend)

      assert.deepInclude(yield* journal.find("SNMP_PASS"), { state: "STAGED", pending: null, closedAt: null })
      assert.lengthOf(yield* journal.entries(id), 2)
      yield* attempt([intend, enter("apply"), link(intent)])
      assert.deepInclude(yield* journal.find("SNMP_PASS"), { pending: "apply" })
    }))
}
