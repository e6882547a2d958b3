import { assert } from "@effect/vitest"
import type { Vitest } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber } from "effect"
import { ConfigAudit } from "../../../../layers/audit/ConfigAudit.ts"
import { RotationJournal } from "../../../../services/web-ui/rotation/RotationJournal.ts"

const author = { actor: "tester", reason: "a test", correlationId: "c-1" }
const blocked = [{ code: "instance_silent" as const, who: "alerter/a", detail: "It has said nothing for 9 s." }]

/** What every adapter promises. */
export const rotationJournalSuite = <R>(it: Vitest.MethodsNonLive<RotationJournal | ConfigAudit | R>) => {
  it.effect("keeps what was intended and done, and what was passed by force", () =>
    Effect.gen(function*() {
      const journal = yield* RotationJournal
      const opened = yield* journal.open("DB_PASS", "postgres", author)
      assert.deepInclude(opened, {
        secret: "DB_PASS",
        state: "STEADY",
        pending: "stage",
        closedAt: null,
        openedBy: "tester"
      })
      const staged = yield* journal.done(
        opened,
        { state: "STAGED", direction: "forward", outcome: null, detail: "" },
        author
      )
      assert.deepInclude(staged, { state: "STAGED", pending: null })
      const intent = yield* journal.intend(staged, "apply", author, blocked)
      yield* journal.failed(intent, author, "PostgreSQL is away")
      yield* journal.done(intent, { state: "APPLIED", direction: "forward", outcome: null, detail: "a note" }, author)
      assert.deepStrictEqual(
        (yield* journal.entries(opened.id)).map((
          { detail, forced, phase, state, step }
        ) => [step, phase, state, forced, detail]),
        [
          ["stage", "intent", "STEADY", null, ""],
          ["stage", "done", "STAGED", null, ""],
          ["apply", "intent", "STAGED", blocked, ""],
          ["apply", "failed", "STAGED", null, "PostgreSQL is away"],
          ["apply", "done", "APPLIED", null, "a note"]
        ]
      )
      const { rows } = yield* (yield* ConfigAudit).search({
        limit: 10,
        table: "secret_rotation",
        key: "DB_PASS"
      })
      assert.lengthOf(rows, 5)
      assert.deepInclude(rows[0]?.before, { state: "STAGED" })
      assert.deepInclude(rows[0]?.after, { step: "apply", phase: "done", state: "APPLIED" })
      assert.deepInclude(rows[0], { reason: "a test", correlationId: "c-1", actor: "tester" })
    }))

  it.effect("opens one rotation of a secret at a time, and finds the newest of many", () =>
    Effect.gen(function*() {
      const journal = yield* RotationJournal
      assert.strictEqual((yield* Effect.flip(journal.open("DB_PASS", "postgres", author)))._tag, "RotationIsOpen")
      let last = 0
      for (let round = 0; round < 12; round++) {
        const opened = yield* journal.open("REDIS_PASS", "redis", author)
        const closed = yield* journal.done(
          opened,
          { state: "STEADY", direction: "back", outcome: "rolled_back", detail: "" },
          author
        )
        assert.deepInclude(closed, { outcome: "rolled_back", direction: "back" })
        assert.isNotNull(closed.closedAt)
        last = closed.id
      }
      assert.strictEqual((yield* journal.find("REDIS_PASS"))?.id, last)
      assert.isNull((yield* journal.find("DB_PASS"))?.closedAt)
      assert.isUndefined(yield* journal.find("MOOG_API_KEY"))
    }))

  it.effect("lets nobody say or do anything who was overtaken", () =>
    Effect.gen(function*() {
      const journal = yield* RotationJournal
      const opened = yield* journal.open("INGEST_API_KEY", "key", author)
      const overtaken = yield* journal.intend(opened, "stage", author, null)
      const newer = yield* journal.intend(overtaken, "stage", author, null)
      const ending = { state: "STAGED", direction: "forward", outcome: null, detail: "" } as const
      let done = 0
      const work = Effect.sync(() => void (done += 1))
      for (
        const failing of [
          journal.done(overtaken, ending, author),
          journal.intend(overtaken, "stage", author, null),
          journal.fenced(overtaken)(work)
        ]
      ) {
        const error: { readonly _tag: string } = yield* Effect.flip(Effect.asVoid(failing))
        assert.strictEqual(error._tag, "RotationTaken")
      }
      assert.strictEqual(done, 0)
      yield* journal.fenced(newer)(work)
      assert.strictEqual(done, 1)
      yield* journal.done(newer, ending, author)
    }))

  it.effect("lets one at a time work on a secret, and the next one when that has ended, however it did", () =>
    Effect.gen(function*() {
      const journal = yield* RotationJournal
      const [begun, go] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
      const first = yield* Deferred.succeed(begun, undefined).pipe(
        Effect.andThen(Deferred.await(go)),
        journal.exclusively("DB_PASS"),
        Effect.forkChild
      )
      yield* Deferred.await(begun)
      const error = yield* Effect.flip(journal.exclusively("DB_PASS")(Effect.void))
      assert.strictEqual(error._tag, "RotationTaken")
      yield* journal.exclusively("REDIS_PASS")(Effect.void)
      yield* Deferred.succeed(go, undefined)
      yield* Fiber.join(first)
      assert.isTrue(Exit.isFailure(yield* Effect.exit(journal.exclusively("DB_PASS")(Effect.die("killed")))))
      yield* journal.exclusively("DB_PASS")(Effect.void)
    }))

  it.effect("knows who goes on with a rotation, and why nobody does", () =>
    Effect.gen(function*() {
      const journal = yield* RotationJournal
      const record = yield* journal.find("DB_PASS")
      assert.isNull(record?.driver)
      yield* journal.driven(record?.id ?? 0, "web-ui-1", null)
      assert.strictEqual((yield* journal.find("DB_PASS"))?.driver?.instance, "web-ui-1")
      yield* journal.driven(record?.id ?? 0, null, "drain is blocked")
      assert.deepInclude(yield* journal.find("DB_PASS"), { driver: null, stopped: "drain is blocked" })
    }))
}
