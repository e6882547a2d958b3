import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { until } from "../support/eventually.ts"
import { type FourPrograms, fourPrograms } from "../support/fourPrograms.ts"
import { request } from "../support/request.ts"

const Made = Schema.fromJsonString(Schema.Struct({ id: Schema.Int }))
const Shown = Schema.fromJsonString(Schema.Struct({ hits: Schema.Int, state: Schema.String }))
const Logs = Schema.fromJsonString(Schema.Struct({
  logs: Schema.Array(Schema.Struct({
    id: Schema.String,
    outcome: Schema.String,
    cause: Schema.NullOr(Schema.String),
    cause_id: Schema.NullOr(Schema.String)
  }))
}))
const Explained = Schema.fromJsonString(Schema.Struct({ sentences: Schema.Array(Schema.String) }))
const Changes = Schema.fromJsonString(Schema.Struct({
  logs: Schema.Array(Schema.Struct({ changed_by: Schema.String, operation: Schema.String }))
}))
const Books = Schema.fromJsonString(Schema.Struct({ balanced: Schema.Boolean }))

/** Asks as an operator. */
const asking = ({ keys, programs }: FourPrograms) => (path: string, body?: unknown) =>
  Effect.flatMap(
    request(`${programs["web-ui"].url}/api/v1${path}`, {
      headers: { "x-api-key": keys.operator, "content-type": "application/json" },
      ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) })
    }),
    (answer) => Effect.promise(() => answer.text())
  )

const post = ({ keys, programs }: FourPrograms, hostname: string) =>
  request(`${programs.ingestor.url}/api/v2/ingest`, {
    method: "POST",
    headers: { "x-api-key": keys.ingest, "content-type": "application/json" },
    body: JSON.stringify({ hostname, message: "LINK-DOWN on Gi0/1" })
  })

const textOf = (url: string) => Effect.flatMap(request(url), (answer) => Effect.promise(() => answer.text()))

describe("a silence made over the API", () => {
  it.live(
    "holds back in a running alerter from the next moment on, is named in the record, and ends for good",
    () =>
      Effect.gen(function*() {
        const stack = yield* fourPrograms({})
        const ask = asking(stack)
        const alerter = stack.programs.alerter.url
        const version = Effect.map(
          textOf(`${alerter}/metrics`),
          (page) => Number(/^mutt_alerter_silences_version (\d+)/m.exec(page)?.[1])
        )
        const logs = (host: string, least: number) =>
          until(
            Effect.map(
              Effect.flatMap(ask(`/audit-logs?hostname=${host}`), Schema.decodeUnknownEffect(Logs)),
              (found) => found.logs
            ),
            (found) => found.length >= least
          )

        const before = yield* version
        const { id } = yield* Effect.flatMap(
          ask("/silences", {
            match: { hosts: ["core*"] },
            ends_at: new Date(Date.now() + 3_600_000).toISOString(),
            comment: "card is swapped"
          }),
          Schema.decodeUnknownEffect(Made)
        )
        yield* until(version, (now) => now > before)
        yield* post(stack, "core1")
        yield* post(stack, "edge1")
        const [held] = yield* logs("core1", 1)
        assert.deepInclude(held, { outcome: "suppressed", cause: "silence", cause_id: String(id) })
        yield* until(stack.moog.received(10), ({ count }) => count === 1)

        const { sentences } = yield* Effect.flatMap(
          ask(`/events/${held?.id}/explain`),
          Schema.decodeUnknownEffect(Explained)
        )
        assert.isTrue(sentences.some((one) => one.startsWith(`Silence ${id} held it back.`)), sentences.join("\n"))
        assert.match(yield* textOf(`${alerter}/metrics`), /^mutt_alerter_suppressed_total\{cause="silence"\} 1$/m)
        const shown = Effect.flatMap(ask(`/silences/${id}`), Schema.decodeUnknownEffect(Shown))
        yield* until(shown, ({ hits, state }) => hits === 1 && state === "now")

        const during = yield* version
        yield* ask(`/silences/${id}/end`, { reason: "done" })
        yield* until(version, (now) => now > during)
        yield* post(stack, "core1")
        const recorded = yield* logs("core1", 2)
        assert.deepStrictEqual(recorded.map(({ cause }) => cause).sort(), [null, "silence"].sort())
        yield* until(stack.moog.received(10), ({ count }) => count === 2)
        assert.strictEqual((yield* shown).state, "ended")
        const { logs: links } = yield* Effect.flatMap(
          ask(`/audit?table_name=silences&record_id=${id}`),
          Schema.decodeUnknownEffect(Changes)
        )
        assert.deepStrictEqual(links.map(({ operation }) => operation), ["UPDATE", "CREATE"])
        assert.isTrue(links.every(({ changed_by }) => changed_by !== ""))
        yield* until(
          Effect.flatMap(ask("/books"), Schema.decodeUnknownEffect(Books)),
          ({ balanced }) => balanced
        )
      }),
    180_000
  )
})
