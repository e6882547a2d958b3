import { assert, layer } from "@effect/vitest"
import { Deferred, Effect, Fiber, Layer, Schema, Stream } from "effect"
import { FetchHttpClient, HttpClient, HttpClientRequest, HttpClientResponse } from "effect/http"
import { SqlClient } from "effect/sql"
import { EventAudit } from "../../../layers/audit/EventAudit.ts"
import { EventAuditPostgres } from "../../../layers/audit/EventAuditPostgres.ts"
import { EventBatch } from "../../../src/api/web-ui/EventLists.ts"
import { uuid } from "../../layers/audit/eventAuditSuite.ts"
import { whole } from "../../layers/audit/eventListSuite.ts"
import { pgClient } from "../../support/pgClient.ts"
import { keys, SettingsWorld, SettingsWorldLayer, type WebUi } from "./settingsHarness.ts"

/** Writes into the database of the world, as an alerter does. */
const Writer = Layer.unwrap(
  Effect.map(SettingsWorld, ({ postgres }) => EventAuditPostgres.pipe(Layer.provideMerge(pgClient(postgres))))
)

const decodeBatch = Schema.decodeUnknownSync(Schema.fromJsonString(EventBatch))

interface Seen {
  readonly ids: Array<string>
  place: string
}

/** Follows until `enough` of what was seen; notes the ids in batches, and the place after each. */
const follow = Effect.fnUntraced(
  function*(webUi: WebUi, seen: Seen, enough: (seen: Seen) => boolean, key = keys.VIEWER_API_KEY) {
    const begun = yield* Deferred.make<void>()
    const fiber = yield* HttpClient.execute(
      HttpClientRequest.get(`${webUi.url}/api/v1/events/stream?team=NETO`).pipe(
        HttpClientRequest.setHeaders({
          "x-api-key": key,
          ...(seen.place === "" ? {} : { "last-event-id": seen.place })
        })
      )
    ).pipe(
      Effect.flatMap(HttpClientResponse.filterStatusOk),
      Effect.map((response) => Stream.splitLines(Stream.decodeText(response.stream))),
      Stream.unwrap,
      Stream.tap((line) =>
        Effect.sync(() => {
          if (line.startsWith("id: ")) seen.place = line.slice(4)
          if (!line.startsWith("data: {")) return
          const { rows, skipped } = decodeBatch(line.slice(6))
          assert.strictEqual(skipped, 0)
          for (const { id } of rows) seen.ids.push(id)
        })
      ),
      Stream.tap(() => Deferred.succeed(begun, undefined)),
      Stream.takeUntil(() => enough(seen)),
      Stream.runDrain,
      Effect.provide(FetchHttpClient.layer),
      Effect.forkScoped
    )
    yield* Deferred.await(begun)
    return fiber
  }
)

layer(Layer.provideMerge(Writer, SettingsWorldLayer()), { excludeTestServices: true })("a tail of events", (it) => {
  it.effect("loses none and tells none twice, while writers commit in any order and it goes on at another program", () =>
    Effect.gen(function*() {
      const { webUis: [one, two] } = yield* SettingsWorld
      const [{ record }, sql] = [yield* EventAudit, yield* SqlClient.SqlClient]
      const seen: Seen = { ids: [], place: "" }
      const first = yield* follow(one, seen, ({ ids }) => ids.length >= 150)
      const held = yield* Deferred.make<void>()
      const writers = yield* Effect.forkScoped(
        Effect.forEach(
          Array.from({ length: 30 }, (_, index) => index),
          (index) =>
            sql.withTransaction(
              Effect.andThen(
                record(Array.from({ length: 10 }, (_, row) => whole(index * 10 + row + 1))),
                index % 5 === 0 && index < 10
                  ? Deferred.await(held)
                  : Effect.asVoid(sql`SELECT pg_sleep(${(index % 4) / 20})`)
              )
            ),
          { concurrency: 5 }
        )
      )
      yield* Fiber.join(first)
      const second = yield* follow(two, seen, ({ ids }) => ids.length >= 300)
      yield* Deferred.succeed(held, undefined)
      yield* Fiber.join(writers)
      yield* Fiber.join(second)
      yield* record([whole(301)])
      yield* Fiber.join(yield* follow(one, seen, ({ ids }) => ids.includes(uuid(301))))
      assert.deepStrictEqual(seen.ids.toSorted(), Array.from({ length: 301 }, (_, index) => uuid(index + 1)))
    }))

  it.effect("ends with its key", () =>
    Effect.gen(function*() {
      const { webUis: [one] } = yield* SettingsWorld
      const { OPERATOR_API_KEY: gone, ...others } = keys
      const ended = yield* follow(one, { ids: [], place: "" }, () => false, gone)
      yield* one.setKeys(others)
      yield* Fiber.join(ended)
      yield* one.setKeys(keys)
    }))
})
