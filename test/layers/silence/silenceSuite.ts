import { assert, layer } from "@effect/vitest"
import { Effect, type Layer } from "effect"
import { ConfigAudit } from "../../../layers/audit/ConfigAudit.ts"
import { SilenceHits } from "../../../layers/silence/SilenceHits.ts"
import { SilenceRepository } from "../../../layers/silence/SilenceRepository.ts"
import { SilenceSource } from "../../../layers/silence/SilenceSource.ts"
import type { ChangeAuthor } from "../../../src/domain/Change.ts"
import type { SilenceInput } from "../../../src/silence/Silence.ts"

const change = (correlationId: string, reason: string | null = null): ChangeAuthor => ({
  actor: "noc",
  reason,
  correlationId
})

/** An hour from now, as people may write it. */
const later = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString()

const said = (changes: Partial<SilenceInput> = {}): SilenceInput => ({
  match: { hosts: ["sw1*"], severity_from: 3 },
  ends_at: later(1),
  comment: "card is swapped",
  ...changes
})

const sundays = {
  zone: "Europe/Berlin",
  weekly: [{ days: ["SU"], from: "04:00", to: "06:00" }],
  except: ["2026-12-27"]
} as const

/** What any store of silences promises, whatever it is in. `fresh` is an empty one with its audit. */
export const silenceSuite = <E>(
  name: string,
  fresh: Layer.Layer<SilenceRepository | SilenceSource | SilenceHits | ConfigAudit, E>
) => {
  const recorded = (correlationId: string) =>
    ConfigAudit.use((audit) => audit.search({ limit: 10, correlationId })).pipe(Effect.map(({ rows }) => rows))

  layer(fresh, { excludeTestServices: true })(name, (it) => {
    it.effect("are no more than may be, in force or to come", () =>
      Effect.gen(function*() {
        const store = yield* SilenceRepository
        const there = (yield* store.list({ limit: 1_000, over: false })).length
        const input = { match: { hosts: ["full"] }, ends_at: later(1), comment: "full" }
        const made = yield* Effect.all(
          Array.from({ length: 8 }, (_, n) => Effect.result(store.create(input, change(`full-${n}`), there + 3))),
          { concurrency: 8 }
        )
        assert.strictEqual(made.filter((one) => one._tag === "Success").length, 3)
        assert.strictEqual((yield* store.list({ limit: 1_000, over: false })).length, there + 3)
      }))

    it.effect("gives back a silence as it was written, with its author and when, and times in UTC", () =>
      Effect.gen(function*() {
        const store = yield* SilenceRepository
        const starts_at = "2026-08-22T12:00:00+02:00"
        const made = yield* store.create(said({ starts_at, schedule: sundays }), change("made"))
        assert.deepStrictEqual(yield* store.silence(made.id), made)
        assert.deepInclude(made, {
          match: { hosts: ["sw1*"], severity_from: 3 },
          starts_at: "2026-08-22T10:00:00.000Z",
          schedule: sundays,
          comment: "card is swapped",
          catch_up: true,
          revision: 1,
          created_by: "noc",
          hits: 0,
          last_hit_at: null
        })
        assert.notProperty(made, "ended_at")
        assert.strictEqual(new Date(made.created_at).toISOString(), made.created_at)
      }))

    it.effect("knows no silence by another number", () =>
      Effect.gen(function*() {
        const store = yield* SilenceRepository
        for (const id of [0, -1, 999_999, 2_147_483_648]) {
          assert.strictEqual((yield* Effect.flip(store.silence(id)))._tag, "SilenceNotFound")
          assert.strictEqual((yield* Effect.flip(store.end(id, change("none"))))._tag, "SilenceNotFound")
        }
        assert.deepStrictEqual(yield* store.revisions(999_999), [])
        assert.deepStrictEqual(yield* recorded("none"), [])
      }))

    it.effect("keeps every revision with who made it and why, and tells the audit what differs", () =>
      Effect.gen(function*() {
        const store = yield* SilenceRepository
        const { id } = yield* store.create(said(), change("life", "vendor comes"))
        const longer = later(2)
        yield* store.change(id, (one) => Effect.succeed({ ...said(), ...one, ends_at: longer }), change("life", "late"))
        const ended = yield* store.end(id, change("life"))
        assert.deepInclude(ended, { revision: 3, ended_by: "noc", ends_at: longer, created_by: "noc" })
        const revisions = yield* store.revisions(id)
        assert.deepStrictEqual(
          revisions.map(({ changed_by, reason, revision, ended_by }) => [revision, changed_by, reason, ended_by]),
          [[1, "noc", "vendor comes", undefined], [2, "noc", "late", undefined], [3, "noc", null, "noc"]]
        )
        assert.deepStrictEqual(revisions[1]?.ends_at, longer)
        const rows = yield* recorded("life")
        assert.deepStrictEqual(rows.map(({ key, operation, table }) => [operation, table, key]), [
          ["UPDATE", "silences", String(id)],
          ["UPDATE", "silences", String(id)],
          ["CREATE", "silences", String(id)]
        ])
        assert.deepStrictEqual(rows[0]?.after, { revision: 3, ended_by: "noc" })
        assert.deepStrictEqual(rows[1]?.after, { revision: 2, ends_at: longer })
        assert.deepInclude(rows[2]?.after, { created_by: "noc", comment: "card is swapped", schedule: null })
      }))

    it.effect("lets nothing come back that ended, by hand or by itself", () =>
      Effect.gen(function*() {
        const store = yield* SilenceRepository
        const byHand = yield* store.create(said(), change("over"))
        yield* store.end(byHand.id, change("over"))
        const byItself = yield* store.create(said({ starts_at: later(-2), ends_at: later(-1) }), change("over"))
        for (const { id } of [byHand, byItself]) {
          const before = yield* store.silence(id)
          const again = store.change(id, () => Effect.succeed(said()), change("back"))
          assert.strictEqual((yield* Effect.flip(again))._tag, "SilenceEnded")
          assert.strictEqual((yield* Effect.flip(store.end(id, change("back"))))._tag, "SilenceEnded")
          assert.deepStrictEqual(yield* store.silence(id), before)
        }
        assert.deepStrictEqual(yield* recorded("back"), [])
      }))

    it.effect("refuses a change of what somebody else changed meanwhile", () =>
      Effect.gen(function*() {
        const store = yield* SilenceRepository
        const { id } = yield* store.create(said(), change("seen"))
        const edit = () => Effect.succeed(said({ comment: "other" }))
        yield* store.change(id, edit, { ...change("seen"), ifVersion: 1 })
        const stale = yield* Effect.flip(store.change(id, edit, { ...change("seen"), ifVersion: 1 }))
        assert.deepInclude(stale, { _tag: "VersionStale", version: 2 })
        assert.strictEqual((yield* store.end(id, { ...change("seen"), ifVersion: 2 })).revision, 3)
      }))

    it.effect("changes nothing when the edit is refused", () =>
      Effect.gen(function*() {
        const store = yield* SilenceRepository
        const { id } = yield* store.create(said(), change("refused"))
        const before = yield* store.silence(id)
        assert.strictEqual(yield* Effect.flip(store.change(id, () => Effect.fail("no" as const), change("no"))), "no")
        assert.deepStrictEqual(yield* store.silence(id), before)
        assert.deepStrictEqual(yield* recorded("no"), [])
      }))

    it.effect("lists the newest first, by author and by whether they are over", () =>
      Effect.gen(function*() {
        const store = yield* SilenceRepository
        const author = { ...change("list"), actor: "lister" }
        const first = yield* store.create(said(), author)
        const second = yield* store.create(said(), author)
        const third = yield* store.create(said({ schedule: sundays }), author)
        yield* store.end(second.id, author)
        const ids = (query: { over?: boolean; before?: number; limit?: number }) =>
          Effect.map(store.list({ limit: 10, author: "lister", ...query }), (rows) => rows.map(({ id }) => id))
        assert.deepStrictEqual(yield* ids({}), [third.id, second.id, first.id])
        assert.deepStrictEqual(yield* ids({ over: false }), [third.id, first.id])
        assert.deepStrictEqual(yield* ids({ over: true }), [second.id])
        assert.deepStrictEqual(yield* ids({ before: third.id, limit: 1 }), [second.id])
      }))

    it.effect("adds up what each held back, and keeps the newest time", () =>
      Effect.gen(function*() {
        const store = yield* SilenceRepository
        const hits = yield* SilenceHits
        const { id } = yield* store.create(said(), change("hits"))
        const version = yield* SilenceSource.use((source) => source.version)
        yield* hits.add([{ silenceId: id, hits: 3, lastAt: 2_000 }, { silenceId: 999_999, hits: 1, lastAt: 1 }])
        yield* hits.add([{ silenceId: id, hits: 4, lastAt: 1_000 }])
        yield* hits.add([])
        const found = yield* store.silence(id)
        assert.deepInclude(found, { hits: 7, last_hit_at: "1970-01-01T00:00:02.000Z", revision: 1 })
        assert.strictEqual(yield* SilenceSource.use((source) => source.version), version)
      }))

    it.effect("gives the alerter all that may hold an event back, under a new version after each change", () =>
      Effect.gen(function*() {
        const store = yield* SilenceRepository
        const source = yield* SilenceSource
        const versions = [yield* source.version]
        const noted = <A, E>(work: Effect.Effect<A, E>) =>
          Effect.tap(work, () => Effect.map(source.version, (version) => versions.push(version)))
        const made = yield* noted(store.create(said({ schedule: sundays }), change("read")))
        const past = yield* noted(
          store.create(said({ starts_at: later(-999), ends_at: later(-31 * 24) }), change("read"))
        )
        const lately = yield* noted(store.create(said({ starts_at: later(-9), ends_at: later(-1) }), change("read")))
        yield* noted(store.change(made.id, (one) => Effect.succeed({ ...said(), ...one }), change("read")))
        const ended = yield* noted(store.end(made.id, change("read")))
        assert.strictEqual(new Set(versions).size, versions.length)
        const { silences, version } = yield* source.load
        assert.strictEqual(version, versions.at(-1))
        const { ended_by: _by, hits: _hits, last_hit_at: _at, ...plain } = ended
        assert.deepStrictEqual(silences.find(({ id }) => id === made.id), plain)
        const ids = silences.map(({ id }) => id)
        assert.include(ids, lately.id)
        assert.notInclude(ids, past.id)
        assert.deepStrictEqual(ids, [...ids].sort((a, b) => a - b))
      }))
  })
}
