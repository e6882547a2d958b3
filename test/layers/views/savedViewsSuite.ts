import { assert, layer } from "@effect/vitest"
import { Effect, type Layer } from "effect"
import { ConfigAudit } from "../../../layers/audit/ConfigAudit.ts"
import { SavedViews } from "../../../layers/views/SavedViews.ts"

const author = { actor: "noc", reason: "handover", correlationId: "c" }
const night = { page: "events", query: "sev=0,1,2&team=Core" }

/** What any store of shared views promises. `fresh` has none yet. */
export const savedViewsSuite = <E>(name: string, fresh: Layer.Layer<SavedViews | ConfigAudit, E>) => {
  layer(fresh, { excludeTestServices: true })(name, (it) => {
    it.effect("keeps views by name, with who saved each last", () =>
      Effect.gen(function*() {
        const views = yield* SavedViews
        assert.deepStrictEqual(yield* views.list, [])
        const made = yield* views.save("night / é", night, author)
        assert.deepInclude(made, { name: "night / é", ...night, by: "noc" })
        assert.match(made.at, /^\d{4}-\d\d-\d\dT[\d:]+\.\d{3}Z$/)
        yield* views.save("Day", { page: "alerts", query: "" }, author)
        const changed = yield* views.save("night / é", { ...night, query: "sev=0" }, { ...author, actor: "anna" })
        assert.deepInclude(changed, { query: "sev=0", by: "anna" })
        assert.deepStrictEqual((yield* views.list).map(({ name }) => name), ["Day", "night / é"])
        assert.deepStrictEqual(yield* views.view("night / é"), changed)
        yield* views.remove("Day", author)
        for (const gone of [views.view("Day"), views.remove("Day", author)]) {
          assert.strictEqual((yield* Effect.flip(gone))._tag, "ViewNotFound")
        }
      }))

    it.effect("audits each change, and leaves what says the same alone", () =>
      Effect.gen(function*() {
        const views = yield* SavedViews
        yield* views.save("audited", night, author)
        const same = yield* views.save("audited", night, { ...author, actor: "anna" })
        assert.strictEqual(same.by, "noc")
        yield* views.save("audited", { ...night, query: "x" }, author)
        yield* views.remove("audited", author)
        const { rows } = yield* (yield* ConfigAudit).search({ limit: 10, maxBytes: 100_000, key: "audited" })
        assert.deepStrictEqual(rows.map(({ after, before, operation, table }) => [table, operation, before, after]), [
          ["saved_views", "DELETE", { name: "audited", page: "events", query: "x", saved_by: "noc" }, null],
          ["saved_views", "UPDATE", { query: night.query }, { query: "x" }],
          ["saved_views", "CREATE", null, { name: "audited", ...night, saved_by: "noc" }]
        ])
      }))

    it.effect("has room for so many, and counts those that come at once", () =>
      Effect.gen(function*() {
        const views = yield* SavedViews
        const most = (yield* views.list).length + 4
        const save = (number: number) => views.save(`many ${number}`, night, author, most)
        yield* Effect.all([save(0), save(1)])
        const last = yield* Effect.forEach([2, 3, 4, 5], (number) => Effect.result(save(number)), { concurrency: 4 })
        assert.strictEqual(last.filter(({ _tag }) => _tag === "Success").length, 2)
        assert.strictEqual((yield* Effect.flip(save(6)))._tag, "ViewsFull")
        yield* views.save("many 0", { ...night, query: "still" }, author, most)
      }))
  })
}
