import { assert, describe, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { stateFolder } from "../../scripts/stack/Paths.ts"
import { replaceFile } from "../../scripts/stack/replaceFile.ts"
import { canary } from "../../src/domain/Canary.ts"
import { until } from "../support/eventually.ts"
import { fourPrograms } from "../support/fourPrograms.ts"
import { request } from "../support/request.ts"
import { scratch, secret } from "../support/servers.ts"

const Logs = Schema.fromJsonString(Schema.Struct({
  logs: Schema.Array(Schema.Struct({ outcome: Schema.String, reason: Schema.String, raw_message: Schema.String }))
}))
const Books = Schema.fromJsonString(Schema.Struct({
  balanced: Schema.Boolean,
  events: Schema.Struct({ forwarded: Schema.Int, suppressed: Schema.Int, unmatched: Schema.Int }),
  alerts: Schema.Struct({ meta: Schema.Int, delivered: Schema.Int })
}))

const text = (url: string, init?: RequestInit) =>
  Effect.flatMap(request(url, init), (answer) => Effect.promise(() => answer.text()))

/** What the web-ui tells of its canaries. */
const told = Effect.fnUntraced(function*(webUi: string) {
  const page = yield* text(`${webUi}/metrics`)
  const figure = (name: string) =>
    Number(page.split("\n").find((line) => line.startsWith(`${name} `))?.slice(name.length + 1) ?? Number.NaN)
  return {
    found: figure("mutt_canary_seconds_count"),
    lastSuccess: figure("mutt_canary_last_success_timestamp_seconds"),
    post: figure(`mutt_canary_failures_total{reason="post"}`),
    record: figure(`mutt_canary_failures_total{reason="record"}`)
  }
})

describe("the canary of MUTT", () => {
  it.live(
    "is found in the record while events get through, is told to nobody, and shows where they do not",
    () =>
      Effect.gen(function*() {
        const folder = yield* scratch(join(stateFolder, "run"))
        mkdirSync(folder, { recursive: true, mode: 0o700 })
        const webUiFile = join(folder, "web-ui.json")
        const admin = secret()
        const setWebUi = (values: Readonly<Record<string, string>>) =>
          Effect.sync(() => replaceFile(webUiFile, JSON.stringify({ ADMIN_API_KEY: admin, ...values })))
        yield* setWebUi({})
        const { keys, moog, programs, secrets, setSecrets } = yield* fourPrograms({
          settings: { MUTT_CANARY_SECONDS: "1", MUTT_CANARY_TIMEOUT_SECONDS: "2" },
          settingsOf: (instance) =>
            Effect.succeed(instance === "web-ui-1" ? { MUTT_SECRETS_ADMIN_FILE: webUiFile } : {})
        })
        const webUi = programs["web-ui"].url
        const look = told(webUi)
        const viewing = { headers: { "x-api-key": keys.viewer } }

        const before = yield* until(look, ({ post }) => post > 0)
        assert.include(before, { lastSuccess: 0, record: 0 })

        yield* setSecrets({ ...secrets, CANARY_API_KEY: secret() })
        const found = yield* until(look, ({ found }) => found > 2)
        assert.strictEqual(found.record, 0)
        assert.isAbove(found.lastSuccess, 1_600_000_000)

        // A device of that name is any other.
        yield* text(`${programs.ingestor.url}/api/v2/ingest`, {
          method: "POST",
          headers: { "x-api-key": keys.ingest, "content-type": "application/json" },
          body: JSON.stringify({ hostname: canary.hostname, message: "LINK-DOWN on Gi0/1" })
        })
        yield* until(moog.received(10), ({ count }) => count === 1)
        const { logs } = Schema.decodeUnknownSync(Logs)(
          yield* text(`${webUi}/api/v1/audit-logs?hostname=${canary.hostname}`, viewing)
        )
        const [own, others] = [true, false].map((is) =>
          logs.filter(({ raw_message }) => raw_message.includes(`"sender":"${canary.sender}"`) === is)
        )
        assert.isAtLeast(own?.length ?? 0, 3)
        for (const row of own ?? []) assert.include(row, { outcome: "suppressed", reason: canary.reason })
        assert.deepStrictEqual(others?.map(({ outcome }) => outcome), ["forwarded"])

        yield* programs.alerter.stop
        const still = yield* until(look, ({ record }) => record > 0)
        const later = yield* until(look, ({ record }) => record > still.record)
        assert.strictEqual(later.lastSuccess, still.lastSuccess)
        assert.strictEqual(later.post, found.post)
        yield* programs.alerter.start
        const again = yield* until(look, ({ found }) => found > later.found)
        assert.isAbove(again.lastSuccess, later.lastSuccess)

        // The web-ui's own document counts for it, so it has another key than the ingestor.
        yield* setWebUi({ CANARY_API_KEY: secret() })
        const refused = yield* until(look, ({ post }) => post > again.post)
        assert.strictEqual(refused.record, again.record)

        const books = yield* until(
          Effect.map(text(`${webUi}/api/v1/books`, viewing), Schema.decodeUnknownSync(Books)),
          ({ alerts }) => alerts.delivered === 1
        )
        assert.isTrue(books.balanced)
        assert.include(books.events, { forwarded: 1, unmatched: 0 })
        assert.strictEqual(books.alerts.meta, 0)
        assert.strictEqual((yield* moog.received(10)).count, 1)
      }),
    90_000
  )
})
