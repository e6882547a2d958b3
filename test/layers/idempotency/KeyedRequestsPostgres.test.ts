import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { KeyedRequests } from "../../../layers/idempotency/KeyedRequests.ts"
import { KeyedRequestsPostgres } from "../../../layers/idempotency/KeyedRequestsPostgres.ts"
import { postgres } from "../../support/needs.ts"
import { migratedDatabase } from "../database.ts"
import { keyedRequestsSuite } from "./keyedRequestsSuite.ts"

const world = KeyedRequestsPostgres.pipe(Layer.provideMerge(migratedDatabase(postgres.oldest)))

keyedRequestsSuite("PostgreSQL", world)

layer(world, { excludeTestServices: true })("the transaction of a request with an Idempotency-Key", (it) => {
  it.effect("is the one that the change writes in: both are kept, or neither", () =>
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const { whole } = yield* KeyedRequests
      const asked = { caller: "noc", key: "k", method: "POST", path: "/", bodyHash: "0".repeat(64) }
      const kept = Effect.map(
        sql`SELECT (SELECT count(*)::int FROM development_hosts) AS hosts, (SELECT count(*)::int FROM api_requests) AS keys`,
        ([row]) => row
      )
      const add = sql.withTransaction(Effect.andThen(
        sql`INSERT INTO development_hosts (hostname) VALUES ('h')`,
        sql`SELECT append_audit_link('noc', 'CREATE', 'development_hosts', 'h', NULL, '{"hostname": "h"}', NULL, 'c')`
      ))
      yield* Effect.flip(whole(asked, Effect.andThen(add, Effect.fail("refused"))))
      assert.deepStrictEqual(yield* kept, { hosts: 0, keys: 0 })
      yield* whole(asked, Effect.as(add, { status: 201, etag: null, body: "{}" }))
      assert.deepStrictEqual(yield* kept, { hosts: 1, keys: 1 })
    }))

  it.effect("goes on with a request whose program died, once it has said nothing for a while", () =>
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const { inSteps } = yield* KeyedRequests
      const asked = { caller: "noc", key: "died", method: "POST", path: "/", bodyHash: "0".repeat(64) }
      yield* sql`INSERT INTO api_requests (caller, idempotency_key, method, path, body_hash, operation, under_way_until)
        VALUES ('noc', 'died', 'POST', '/', ${asked.bodyHash}, '6d1f6c1c-6a3e-4b57-9a51-3f8a2f0b1c11', now() + interval '1 hour')`
      const again = inSteps(
        asked,
        (operation) => Effect.succeed({ status: 200, etag: null, body: JSON.stringify(operation) }),
        () => true
      )
      assert.strictEqual((yield* Effect.flip(again)).reason, "underWay")
      yield* sql`UPDATE api_requests SET under_way_until = now() - interval '1 second' WHERE idempotency_key = 'died'`
      assert.strictEqual((yield* again).answer.body, "\"6d1f6c1c-6a3e-4b57-9a51-3f8a2f0b1c11\"")
    }))
})
