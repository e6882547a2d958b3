import { assert, layer } from "@effect/vitest"
import { Effect, Layer, Metric, Option, type Schema, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { AuditChain } from "../../../layers/audit/AuditChain.ts"
import { AuditChainPostgres, chainBroken } from "../../../layers/audit/AuditChainPostgres.ts"
import { CheckpointsMemory } from "../../../layers/audit/Checkpoints.ts"
import { ConfigAudit } from "../../../layers/audit/ConfigAudit.ts"
import { ConfigAuditPostgres } from "../../../layers/audit/ConfigAuditPostgres.ts"
import type { ChainEntry } from "../../../src/domain/ChainEntry.ts"
import { entryHash, link } from "../../../src/logic/auditChain.ts"
import { canonicalJson } from "../../../src/logic/canonicalJson.ts"
import { onEachPostgres } from "../../support/needs.ts"
import { migratedDatabase } from "../database.ts"

const chain = (version: number) =>
  Layer.mergeAll(AuditChainPostgres, ConfigAuditPostgres).pipe(
    Layer.provide(CheckpointsMemory),
    Layer.provideMerge(migratedDatabase(version, "owner"))
  )

const draft = (n: number) => ({
  actor: "noc",
  operation: "UPDATE" as const,
  table: "dynamic_config",
  key: "moog_rate_limit",
  before: { value: n, "ünï": [1.5, null] },
  after: { value: n + 1 },
  reason: n % 2 === 0 ? null : "because \u{1F600}",
  correlationId: `c-${n}`
})

const record = (n: number) => ConfigAudit.use((audit) => audit.record(draft(n)))
const verify = AuditChain.use((audit) => audit.verify)

/** Does something to the table that only its owner can, looks, and takes it back. */
const verifiedAfter = (statements: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const found = yield* Effect.gen(function*() {
      yield* sql`ALTER TABLE config_audit_log DISABLE TRIGGER ALL`
      for (const statement of statements) yield* sql.unsafe(statement)
      return yield* Effect.fail(yield* verify)
    }).pipe(sql.withTransaction, Effect.flip)
    return "checked" in found ? found : yield* Effect.die(found)
  })
const tampered = (statements: ReadonlyArray<string>) => Effect.map(verifiedAfter(statements), ({ fault }) => fault)

/** The same each time, between 0 and 1. */
const randomUnits = () => {
  let state = 42
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    return state / 2 ** 31
  }
}

/** Adds links until there are so many. */
const grown = (head: ChainEntry | undefined, length: number): string => {
  const rows: Array<unknown> = []
  let last = head
  while ((last?.seq ?? 0) < length) {
    last = link(last, { ...draft(rows.length), at: "2026-08-22T10:00:00.000Z" })
    rows.push({
      id: last.seq,
      changed_at: last.at,
      changed_by: last.actor,
      operation: last.operation,
      table_name: last.table,
      record_id: last.key,
      old_values: last.before,
      new_values: last.after,
      reason: last.reason,
      correlation_id: last.correlationId,
      previous_hash: last.previousHash,
      entry_hash: last.entryHash
    })
  }
  return `INSERT INTO config_audit_log
    SELECT * FROM jsonb_populate_recordset(NULL::config_audit_log, $json$${JSON.stringify(rows)}$json$)`
}

onEachPostgres((version) => {
  layer(chain(version), { excludeTestServices: true })(
    `audit chain in PostgreSQL ${version}`,
    (it) => {
      it.effect("has values in one form, whether PostgreSQL writes them or we", () =>
        Effect.gen(function*() {
          const sql = yield* SqlClient.SqlClient
          const next = randomUnits()
          const numbers = Array.from({ length: 2_000 }, (_, n) =>
            n % 3 === 0
              ? Math.round(next() * 2 ** (n % 54))
              : (next() - 0.5) * 10 ** (n % 20 - 4)).filter((n) =>
              n === 0 || (Math.abs(n) >= 1e-6 && Math.abs(n) < 2 ** 53))
          const strings = Array.from({ length: 400 }, () =>
            String.fromCodePoint(
              ...Array.from({ length: 5 }, () => Math.floor(1 + next() ** 4 * 0x1_ffff)).filter((code) =>
                code < 0xd800 || code > 0xdfff
              )
            ))
          const names = strings.map((text) => Array.from(text).filter((one) => one.length === 1).join(""))
          const values: ReadonlyArray<Schema.Json> = [
            ...numbers,
            ...strings,
            Object.fromEntries(names.map((name, n) => [name, n])),
            { b: [], a: {}, "": null, c: [true, false, { z: [[1], "\u007f\u2028\ufeff"] }], B: -0 }
          ]
          const rows = yield* sql<{ text: string }>`SELECT audit_canonical(value) AS text
            FROM jsonb_array_elements(${
            JSON.stringify(values)
          }::text::jsonb) WITH ORDINALITY AS v (value, n) ORDER BY n`
          assert.deepStrictEqual(rows.map(({ text }) => text), values.map(canonicalJson))
        }))

      it.effect("is whole when it is empty", () =>
        Effect.gen(function*() {
          assert.deepInclude(yield* verify, { checked: 0, fault: undefined })
        }))

      it.effect("has no gap and no fork when 50 write at once, and none of a change that is rolled back", () =>
        Effect.gen(function*() {
          const sql = yield* SqlClient.SqlClient
          yield* Effect.forEach(
            Array.from({ length: 50 }, (_, n) => n),
            (n) =>
              n % 5 === 4
                ? record(n).pipe(Effect.andThen(Effect.fail("rolled back")), sql.withTransaction, Effect.ignore)
                : record(n),
            { concurrency: "unbounded" }
          )
          const entries = yield* Stream.runCollect((yield* AuditChain).read(1))
          assert.deepStrictEqual(entries.map(({ seq }) => seq), Array.from({ length: 40 }, (_, n) => n + 1))
          assert.deepInclude(yield* verify, { checked: 40, fault: undefined })
        }))

      it.effect("is read newest first, in the order of numbers", () =>
        Effect.gen(function*() {
          const { rows } = yield* ConfigAudit.use((audit) => audit.search({ limit: 3 }))
          assert.deepStrictEqual(rows.map(({ seq }) => seq), [40, 39, 38])
          // Each names its link, so that a reader finds it in a copy of the chain.
          assert.deepStrictEqual(rows.map(({ entryHash: own }) => own), rows.map(entryHash))
        }))

      it.effect("refuses to change or lose a row, whoever asks", () =>
        Effect.gen(function*() {
          const sql = yield* SqlClient.SqlClient
          for (
            const statement of [
              "UPDATE config_audit_log SET reason = 'x' WHERE id = 1",
              "DELETE FROM config_audit_log WHERE id = 1",
              "TRUNCATE config_audit_log"
            ]
          ) {
            const error = yield* Effect.flip(sql.unsafe(statement))
            assert.strictEqual(error.reason._tag, "AuthorizationError")
          }
        }))

      it.effect("shows a row that was flipped, deleted, swapped or put in by somebody who may do anything", () =>
        Effect.gen(function*() {
          assert.deepInclude(yield* tampered(["UPDATE config_audit_log SET changed_by = 'nobody' WHERE id = 7"]), {
            seq: 7,
            fault: "changed"
          })
          assert.deepInclude(yield* tampered(["DELETE FROM config_audit_log WHERE id = 9"]), { seq: 9, fault: "gap" })
          assert.deepInclude(
            yield* tampered([
              "UPDATE config_audit_log SET id = -1 WHERE id = 11",
              "UPDATE config_audit_log SET id = 11 WHERE id = 12",
              "UPDATE config_audit_log SET id = 12 WHERE id = -1"
            ]),
            { seq: 11, fault: "unlinked" }
          )
          assert.deepInclude(
            yield* tampered([
              "UPDATE config_audit_log SET id = id + 1000 WHERE id > 5",
              "UPDATE config_audit_log SET id = id - 999 WHERE id > 1000",
              `INSERT INTO config_audit_log SELECT 6, changed_at, changed_by, operation, table_name, record_id, old_values, new_values,
              reason, correlation_id, previous_hash, entry_hash FROM config_audit_log WHERE id = 5`
            ]),
            { seq: 6, fault: "unlinked" }
          )
        }))

      it.effect("is read and checked to its end, however many pages of a thousand it takes", () =>
        Effect.gen(function*() {
          const head = Option.getOrUndefined(yield* Stream.runLast((yield* AuditChain).read(1)))
          for (const length of [1_000, 1_001]) {
            const { checked, fault } = yield* verifiedAfter([grown(head, length)])
            assert.deepStrictEqual([checked, fault], [length, undefined])
          }
          const cut = [grown(head, 1_001), "DELETE FROM config_audit_log WHERE id = 1000"]
          assert.deepInclude(yield* tampered(cut), { seq: 1_000, fault: "gap" })
        }))

      it.effect("is attested by no checkpoint while what it grew by is not as it was written", () =>
        Effect.gen(function*() {
          const sql = yield* SqlClient.SqlClient
          const audit = yield* AuditChain
          const refusedAfter = (...statements: ReadonlyArray<string>) =>
            Effect.gen(function*() {
              yield* sql`ALTER TABLE config_audit_log DISABLE TRIGGER ALL`
              for (const statement of statements) yield* sql.unsafe(statement)
              return yield* audit.checkpoint
            }).pipe(sql.withTransaction, Effect.flip)
          const high =
            `INSERT INTO config_audit_log SELECT 9000000000000000, changed_at, changed_by, operation, table_name, record_id,
            old_values, new_values, reason, correlation_id, previous_hash, entry_hash FROM config_audit_log WHERE id = 5`
          // Before there is one, all of the chain is looked at.
          assert.deepInclude(yield* refusedAfter("UPDATE config_audit_log SET changed_by = 'x' WHERE id = 3"), {
            _tag: "AuditChainBroken",
            seq: 3
          })
          assert.deepInclude(yield* refusedAfter(high), { _tag: "AuditChainBroken", seq: 41, fault: "gap" })
          assert.deepInclude(yield* audit.fault, { seq: 41, fault: "gap" })
          assert.strictEqual((yield* Metric.value(chainBroken)).value, 1)
          assert.strictEqual((yield* audit.checkpoint)?.seq, 40)
          assert.isUndefined(yield* audit.fault)
          assert.strictEqual((yield* Metric.value(chainBroken)).value, 0)

          // After one it is looked at from there on.
          yield* record(40)
          yield* record(41)
          for (
            const [statement, found] of [
              [high, { seq: 43, fault: "gap" }],
              ["UPDATE config_audit_log SET reason = 'x' WHERE id = 42", { seq: 42, fault: "changed" }],
              ["UPDATE config_audit_log SET reason = 'x' WHERE id = 40", { seq: 40, fault: "changed" }],
              ["DELETE FROM config_audit_log WHERE id = 40", { seq: 40, fault: "gap" }],
              ["DELETE FROM config_audit_log WHERE id > 39", { seq: 40, fault: "cut" }]
            ] as const
          ) {
            assert.deepInclude(yield* refusedAfter(statement), { _tag: "AuditChainBroken", ...found })
          }
          assert.strictEqual((yield* audit.checkpoint)?.seq, 42)
          assert.isUndefined(yield* audit.checkpoint)
        }))

      it.effect("shows by its checkpoints a chain that was rewritten whole, and a tail that was cut", () =>
        Effect.gen(function*() {
          const audit = yield* AuditChain
          yield* record(42)
          const mark = yield* audit.checkpoint
          assert.strictEqual(mark?.seq, 43)
          assert.isUndefined(yield* audit.checkpoint)
          assert.deepInclude(yield* tampered(["DELETE FROM config_audit_log WHERE id > 30"]), { seq: 31, fault: "cut" })

          let head: ChainEntry | undefined
          const rewrite: Array<string> = []
          for (const entry of yield* Stream.runCollect(audit.read(1))) {
            const { entryHash: _hash, previousHash: _previous, seq: _seq, ...rest } = entry
            head = link(head, { ...rest, actor: "nobody" })
            rewrite.push(`UPDATE config_audit_log SET changed_by = 'nobody', previous_hash = '${head.previousHash}',
            entry_hash = '${head.entryHash}' WHERE id = ${entry.seq}`)
          }
          assert.deepInclude(yield* tampered(rewrite), { seq: 40, fault: "checkpoint" })
        }))

      it.effect("takes up what a restored database has lost, by a link that says so, and names it ever after", () =>
        Effect.gen(function*() {
          const sql = yield* SqlClient.SqlClient
          const audit = yield* AuditChain
          const author = { actor: "ann", reason: "the disk failed", correlationId: "restored" }
          assert.isUndefined(yield* audit.restored(author))
          // A restore: the links after 41 are gone, and the head stands where it stood then.
          yield* sql`ALTER TABLE config_audit_log DISABLE TRIGGER ALL`
          yield* sql`ALTER TABLE audit_chain_head DISABLE TRIGGER ALL`
          yield* sql`DELETE FROM config_audit_log WHERE id > 41`
          yield* sql`UPDATE audit_chain_head SET id = 41,
            entry_hash = (SELECT entry_hash FROM config_audit_log WHERE id = 41)`
          yield* sql`ALTER TABLE config_audit_log ENABLE TRIGGER ALL`
          yield* sql`ALTER TABLE audit_chain_head ENABLE TRIGGER ALL`
          assert.deepInclude((yield* verify).fault, { seq: 42, fault: "cut" })
          yield* record(100)
          assert.deepInclude(yield* Effect.flip(audit.checkpoint), { _tag: "AuditChainBroken" })

          assert.deepStrictEqual(yield* audit.restored(author), { after: 40, lost: 43, link: 43 })
          assert.isUndefined(yield* audit.fault)
          const { checked, cuts, fault } = yield* verify
          assert.deepStrictEqual([checked, fault], [43, undefined])
          assert.deepStrictEqual(cuts.map(({ at: _at, ...cut }) => cut), [{ after: 40, lost: 43, link: 43 }])
          const [told] = (yield* ConfigAudit.use((log) => log.search({ limit: 1 }))).rows
          assert.deepInclude(told, { table: "audit_chain", key: "restored", actor: "ann", reason: "the disk failed" })
          // Checkpoints go on, and what was lost of before the cut would still show.
          yield* record(101)
          assert.strictEqual((yield* audit.checkpoint)?.seq, 44)
          assert.deepInclude(yield* tampered(["DELETE FROM config_audit_log WHERE id > 42"]), { seq: 43, fault: "cut" })
          const changed = "UPDATE config_audit_log SET reason = 'x' WHERE id = 7"
          yield* sql`ALTER TABLE config_audit_log DISABLE TRIGGER ALL`
          const refused = yield* Effect.andThen(sql.unsafe(changed), audit.restored(author)).pipe(
            sql.withTransaction,
            Effect.flip
          )
          yield* sql`ALTER TABLE config_audit_log ENABLE TRIGGER ALL`
          assert.deepInclude(refused, { _tag: "AuditChainBroken", seq: 7, fault: "changed" })
        }))
    }
  )
})
