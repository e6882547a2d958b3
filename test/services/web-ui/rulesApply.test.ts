import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { fileRule as rule } from "./fileRule.ts"
import { call, running, Stores } from "./harness.ts"

const apply = (body: object, key = "operator-key-of-tests", headers: Record<string, string> = {}) =>
  call("POST", "/api/v1/rules/apply", { key, body, headers })
const fieldsOf = (body: { errors: ReadonlyArray<{ field: string }> }) => body.errors.map(({ field }) => field).sort()
const namesOf = (list: ReadonlyArray<{ name: string }>) => list.map(({ name }) => name).sort()
const newest = Effect.map(call("GET", "/api/v1/rules"), ({ headers }) => headers["etag"] ?? "")

/** A test of which nothing is sent. */
const silent = (name: string, ...messages: ReadonlyArray<string>) => ({
  name,
  events: (messages.length === 0 ? ["nothing"] : messages).map((message) => ({ message })),
  sent: 0
})

/** The file that `mutt rules export` writes. */
const exported = Effect.gen(function*() {
  const version = (yield* newest).replaceAll("\"", "")
  const { body } = yield* call("GET", `/api/v1/rules/versions/${version}`)
  const rules = body.rules.map(({ created_at: _c, id: _i, updated_at: _u, version: _v, ...rule }: object & {
    created_at: string
    id: number
    updated_at: string
    version: number
  }) => rule)
  return { rules, hosts: body.hosts, tests: body.tests }
})

layer(running(Stores), { excludeTestServices: true })("a file of rules over the API", (it) => {
  it.effect("tells what it would do, does it, and says what was there before", () =>
    Effect.gen(function*() {
      const file = {
        rules: [rule("a"), rule("b")],
        hosts: { development: ["Dev-*"], teams: [{ hostname: "FW1", team_assignment: "SecOps" }] },
        tests: [{ name: "it pages", events: [{ message: "a" }], expect: [{ event: 0, rule: "a" }] }],
        reason: "the first"
      }
      const before = yield* newest
      const dry = yield* apply({ ...file, dry_run: true })
      assert.deepStrictEqual([dry.status, dry.body.dry_run, yield* newest], [200, true, before])
      assert.deepStrictEqual(namesOf(dry.body.rules.created), ["a", "b"])
      const done = yield* apply(file)
      assert.strictEqual(done.status, 200)
      assert.strictEqual(done.headers["etag"], `"${done.body.version}"`)
      assert.deepInclude(done.body, {
        dry_run: false,
        development_hosts: { added: ["dev-*"], removed: [] },
        teams: [{ hostname: "fw1", before: null, after: "SecOps" }],
        tests: { created: ["it pages"], changed: [], deleted: [] },
        findings: []
      })
      const [{ id }] = done.body.rules.created
      const next = yield* apply({ rules: [rule("a", { priority: 1 }), rule("c")], if_version: done.body.version })
      const { changed, created, deleted, unchanged } = next.body.rules
      assert.deepStrictEqual([namesOf(created), namesOf(deleted), unchanged], [["c"], ["b"], 0])
      assert.deepStrictEqual([changed[0].id, changed[0].before.priority, changed[0].after.priority], [id, 50, 1])
      assert.deepStrictEqual(
        deleted[0].before,
        Object.fromEntries(Object.entries(rule("b")).filter(([key]) => key !== "name"))
      )
      const { body: { versions: [last] } } = yield* call("GET", "/api/v1/rules/versions?limit=1")
      assert.deepInclude(last, { version: next.body.version, reason: null, changes: 3 })
    }))

  it.effect("changes nothing when it says what is there", () =>
    Effect.gen(function*() {
      const file = yield* exported
      const before = yield* newest
      const again = yield* apply(file)
      assert.deepStrictEqual([again.body.rules.unchanged, `"${again.body.version}"`], [2, before])
      assert.strictEqual(yield* newest, before)
      assert.deepStrictEqual(yield* exported, file)
      // A file of before, without names, means the rules that say the same.
      const unnamed = file.rules.map(({ name: _name, ...rule }: { name: string }) => rule)
      assert.strictEqual((yield* apply({ rules: unnamed })).body.rules.unchanged, 2)
      assert.strictEqual(yield* newest, before)
    }))

  it.effect("is refused as a whole where one rule of it cannot be used, with the place of each mistake", () =>
    Effect.gen(function*() {
      const before = yield* exported
      const cases: ReadonlyArray<readonly [object, string]> = [
        [{ rules: [rule("a"), rule("x", { match_type: "regex", match_string: "(" })] }, "rules.1.match_string"],
        [{ rules: [rule("a"), rule("a")] }, "rules.1.name"],
        [{ rules: [rule("A b")] }, "rules.0.name"],
        [{ rules: [rule("a", { prority: 1 })] }, "rules.0.prority"],
        [{ rules: [], tests: [silent("t"), silent("t")] }, "tests.1.name"],
        [{ rules: [], tests: [{ ...silent("t"), expekt: [] }] }, "tests.0.expekt"],
        [{ rules: [], hosts: { teams: [{ hostname: "a b", team_assignment: "T" }] } }, "hosts.teams.0.hostname"]
      ]
      for (const [file, field] of cases) {
        const answer = yield* apply({ ...file, force: true, reason: "must be" }, "admin-key-of-tests")
        assert.deepStrictEqual([answer.status, fieldsOf(answer.body)], [422, [field]], JSON.stringify(file))
      }
      assert.deepStrictEqual(yield* exported, before)
    }))

  it.effect("is refused when a rule of it can never decide, or a test fails, unless it is forced", () =>
    Effect.gen(function*() {
      const before = yield* exported
      const shadowed = {
        rules: [rule("link", { priority: 1 }), rule("late", { match_string: "link down" })],
        tests: []
      }
      const linted = yield* apply(shadowed)
      assert.deepStrictEqual([linted.status, linted.body._tag], [422, "LintFailed"])
      assert.deepInclude(linted.body.findings[0], { code: "shadowed", rule: "late", other: "link" })
      const failing = { rules: [rule("a")], tests: [silent("quiet", "a")] }
      const tested = yield* apply(failing)
      assert.deepStrictEqual([tested.status, tested.body._tag], [422, "TestsFailed"])
      assert.deepStrictEqual(namesOf(tested.body.tests), ["quiet"])
      assert.deepStrictEqual(yield* exported, before)
      const forced = { force: true, reason: "must be", dry_run: true }
      for (const file of [shadowed, failing]) {
        assert.strictEqual((yield* apply({ ...file, ...forced }, "admin-key-of-tests")).status, 200)
      }
    }))

  it.effect("is refused when another version is there, by its number or by If-Match", () =>
    Effect.gen(function*() {
      const file = { rules: [rule("new")] }
      const old = Number((yield* newest).replaceAll("\"", "")) - 1
      for (const asked of [apply({ ...file, if_version: old }), apply(file, undefined, { "if-match": `"${old}"` })]) {
        const { body, status } = yield* asked
        assert.deepStrictEqual([status, body._tag, body.version], [412, "VersionStale", old + 1])
      }
      const strict = yield* apply(file, undefined, { prefer: "strict" })
      assert.deepStrictEqual([strict.status, strict.body._tag], [428, "ConditionMissing"])
    }))

  it.effect("needs the role operator, and to force it admin and a reason", () =>
    Effect.gen(function*() {
      const file = yield* exported
      assert.strictEqual((yield* apply(file, "viewer-key-of-tests")).status, 403)
      const forced = { ...file, force: true }
      const { body, status } = yield* apply({ ...forced, reason: "must be" })
      assert.deepStrictEqual([status, body._tag], [403, "RoleRefused"])
      const without = yield* apply(forced, "admin-key-of-tests")
      assert.deepStrictEqual([without.status, fieldsOf(without.body)], [422, ["reason"]])
      assert.strictEqual((yield* apply({ ...forced, reason: "must be" }, "admin-key-of-tests")).status, 200)
    }))

  it.effect("may have more bytes than other bodies, and not any number", () =>
    Effect.gen(function*() {
      const before = yield* exported
      const tests = (count: number) =>
        Array.from({ length: count }, (_, n) => silent(`t${n}`, "x".repeat(50_000), "x".repeat(50_000)))
      assert.strictEqual((yield* apply({ ...before, tests: tests(20), dry_run: true })).status, 200)
      const huge = yield* apply({ ...before, tests: tests(90) })
      assert.deepStrictEqual([huge.status, huge.body._tag], [413, "BodyTooLarge"])
      const other = yield* call("POST", "/api/v1/rules/test", {
        body: { hostname: "h", message: "x".repeat(1_100_000) }
      })
      assert.strictEqual(other.status, 413)
    }))

  it.effect("of a version of before can be seen and restored, with the numbers of rules", () =>
    Effect.gen(function*() {
      const version = (yield* newest).replaceAll("\"", "")
      const { body: old } = yield* call("GET", `/api/v1/rules/versions/${version}`, { key: "viewer-key-of-tests" })
      yield* apply({ rules: [], hosts: { development: [], teams: [] }, tests: [] })
      assert.deepStrictEqual((yield* call("GET", "/api/v1/rules")).body.rules, [])
      assert.deepStrictEqual((yield* call("GET", `/api/v1/rules/versions/${version}`)).body, old)
      const path = `/api/v1/rules/versions/${version}/restore`
      const back = yield* call("POST", path, { key: "operator-key-of-tests", body: { reason: "back" } })
      assert.deepStrictEqual([back.status, back.body.rules.created.length], [200, old.rules.length])
      const { body: now } = yield* call("GET", `/api/v1/rules/versions/${back.body.version}`)
      const numbers = (set: { rules: ReadonlyArray<{ id: number }> }) => set.rules.map(({ id }) => id)
      assert.deepStrictEqual([numbers(now), now.hosts, now.tests], [numbers(old), old.hosts, old.tests])
      const none = yield* call("POST", "/api/v1/rules/versions/9999/restore", { body: {} })
      assert.deepStrictEqual([none.status, none.body._tag], [404, "VersionUnknown"])
    }))

  it.effect("leaves single rules as they are for those who know of no names; an ETag says what was seen", () =>
    Effect.gen(function*() {
      const { name: _name, ...old } = rule("old zone")
      const made = yield* call("POST", "/api/v1/rules", { body: old })
      assert.deepStrictEqual([made.status, made.body.rule.name], [201, `rule-${made.body.id}`])
      const path = `/api/v1/rules/${made.body.id}`
      const renamed = yield* call("PUT", path, { body: { name: "fan" } })
      const changed = yield* call("PUT", path, { body: { priority: 7 } })
      assert.deepInclude(changed.body.rule, { name: "fan", priority: 7 })
      const headers = { "if-match": renamed.headers["etag"] ?? "" }
      for (const stale of [call("PUT", path, { headers, body: { priority: 8 } }), call("DELETE", path, { headers })]) {
        assert.strictEqual((yield* stale).status, 412)
      }
      const taken = yield* call("POST", "/api/v1/rules", { body: { ...old, name: "fan" } })
      assert.deepStrictEqual([taken.status, taken.body._tag, taken.body.rule_id], [409, "RuleNameTaken", made.body.id])
      const etag = (yield* call("GET", path)).headers["etag"] ?? ""
      assert.strictEqual(etag, changed.headers["etag"])
      assert.strictEqual((yield* call("DELETE", path, { headers: { "if-match": etag } })).status, 200)
    }))
})
