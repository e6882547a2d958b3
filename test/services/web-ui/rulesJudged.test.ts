import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { RuleRepository } from "../../../layers/rules/RuleRepository.ts"
import { writtenRule as rule } from "./fileRule.ts"
import { call, running, Stores } from "./harness.ts"

const operator = "operator-key-of-tests"
const post = (path: string, body: object, key = operator) => call("POST", `/api/v1/${path}`, { key, body })
const everything = Effect.map(RuleRepository.use((store) => store.ruleSet), ({ version: _version, ...all }) => all)
const newest = Effect.map(call("GET", "/api/v1/rules"), ({ headers }) => headers["etag"] ?? "")

/** Two rules, and a test that they, a development host and a team must pass. */
const begin = Effect.gen(function*() {
  const applied = yield* post("rules/apply", {
    rules: [rule("link"), rule("fan", { priority: 10 })],
    hosts: { development: ["lab-*"], teams: [{ hostname: "fw1", team_assignment: "SecOps" }] },
    tests: [{
      name: "what is promised",
      events: [
        { host: "sw1", message: "link" },
        { host: "lab-1", message: "fan" },
        { host: "fw1", message: "nobody knows it" }
      ],
      expect: [
        { event: 0, rule: "link", handling: "Page_and_ticket" },
        { event: 1, rule: "fan", environment: "dev" },
        { event: 2, team: "SecOps" }
      ]
    }]
  })
  assert.strictEqual(applied.status, 200)
  const { body: { rules } } = yield* call("GET", "/api/v1/rules")
  const idOf = (name: string): number => rules.find((one: { name: string }) => one.name === name).id
  return { link: idOf("link"), fan: idOf("fan") }
})

layer(running(Stores), { excludeTestServices: true })("an edit of one rule, host or team", (it) => {
  it.effect("is refused by the stored tests and by lint, as a file is, and changes nothing then", () =>
    Effect.gen(function*() {
      const { fan, link } = yield* begin
      const before = yield* everything
      const edits: ReadonlyArray<readonly [Parameters<typeof call>[0], string, object | undefined, string]> = [
        ["PUT", `rules/${link}`, { prod_handling: "Ignore" }, "TestsFailed"],
        ["PUT", `rules/${link}`, { name: "other" }, "TestsFailed"],
        ["DELETE", `rules/${fan}`, undefined, "TestsFailed"],
        ["POST", "rules", rule("first", { match_string: "ink", priority: 1 }), "LintFailed"],
        ["POST", "rules", rule("late", { match_string: "link down" }), "LintFailed"],
        ["PUT", `rules/${fan}`, { match_string: "link" }, "LintFailed"],
        ["POST", "dev-hosts", { hostname: "sw*" }, "TestsFailed"],
        ["DELETE", "dev-hosts/LAB-*", undefined, "TestsFailed"],
        ["PUT", "teams/fw1", { team_assignment: "NetOps" }, "TestsFailed"],
        ["DELETE", "teams/FW1", undefined, "TestsFailed"]
      ]
      for (const [method, path, body, tag] of edits) {
        const answer = yield* call(method, `/api/v1/${path}`, {
          key: operator,
          ...(body === undefined ? {} : { body })
        })
        assert.deepStrictEqual([answer.status, answer.body._tag], [422, tag], `${method} ${path}`)
      }
      assert.deepStrictEqual(yield* everything, before)
    }))

  it.effect("is let pass by who may force it, with a reason", () =>
    Effect.gen(function*() {
      const { fan } = yield* begin
      const path = `/api/v1/rules/${fan}`
      const body = { force: true, reason: "must be" }
      const refused = yield* call("DELETE", path, { key: operator, body })
      assert.deepStrictEqual([refused.status, refused.body._tag], [403, "RoleRefused"])
      const without = yield* call("DELETE", path, { body: { force: true } })
      assert.deepStrictEqual([without.status, without.body.errors[0].field], [422, "reason"])
      assert.strictEqual((yield* call("DELETE", path, { body })).status, 200)
      // What is wrong already refuses no other edit.
      assert.strictEqual((yield* post("rules", rule("zone"))).status, 201)
      assert.strictEqual((yield* post("dev-hosts", { hostname: "zone-*" })).status, 201)
      // The test that expects the rule fails; a file that leaves the rule out must be forced too.
      const file = { rules: [rule("link")] }
      const left = yield* post("rules/apply", file)
      assert.deepStrictEqual([left.status, left.body._tag], [422, "TestsFailed"])
      assert.include(JSON.stringify(left.body.tests), "There is no rule fan.")
      assert.strictEqual((yield* post("rules/apply", { ...file, ...body }, "admin-key-of-tests")).status, 200)
    }))

  it.effect("is refused when somebody else's came before it, by If-Match, in all lists", () =>
    Effect.gen(function*() {
      yield* begin
      const old = yield* newest
      assert.strictEqual((yield* post("rules", rule("zebra"))).status, 201)
      const stale = { key: operator, headers: { "if-match": old } }
      for (
        const asked of [
          call("POST", "/api/v1/rules", { ...stale, body: rule("yak") }),
          call("POST", "/api/v1/dev-hosts", { ...stale, body: { hostname: "yak" } }),
          call("DELETE", "/api/v1/dev-hosts/lab-*", stale),
          call("POST", "/api/v1/teams", { ...stale, body: { hostname: "yak", team_assignment: "T" } }),
          call("PUT", "/api/v1/teams/fw1", { ...stale, body: { team_assignment: "SecOps" } }),
          call("DELETE", "/api/v1/teams/fw1", stale)
        ]
      ) {
        const { body, status } = yield* asked
        assert.deepStrictEqual([status, body._tag], [412, "VersionStale"])
      }
      for (const list of ["dev-hosts", "teams"]) {
        const etag = (yield* call("GET", `/api/v1/${list}`)).headers["etag"] ?? ""
        assert.strictEqual(etag, yield* newest)
        const body = list === "teams" ? { hostname: "ox", team_assignment: "T" } : { hostname: "ox" }
        const made = yield* call("POST", `/api/v1/${list}`, { headers: { "if-match": etag }, body })
        assert.strictEqual(made.status, 201)
      }
      const strict = yield* call("POST", "/api/v1/rules", { headers: { prefer: "strict" }, body: rule("gnu") })
      assert.deepStrictEqual([strict.status, strict.body._tag], [428, "ConditionMissing"])
    }))

  it.effect("cannot slip past another one: of two that exclude each other, one is made", () =>
    Effect.gen(function*() {
      yield* begin
      const answers = yield* Effect.all(
        Array.from({ length: 8 }, (_, n) => post("rules", rule(`same-${n}`, { match_string: "the same text" }))),
        { concurrency: 8 }
      )
      const made = answers.filter(({ status }) => status === 201)
      assert.lengthOf(made, 1)
      assert.isTrue(answers.every(({ body, status }) => status === 201 || body._tag === "LintFailed"))
    }))

  it.effect("brings a deleted rule back as it was, with its number, unless its place is taken", () =>
    Effect.gen(function*() {
      yield* begin
      const { body: { id, rule: old } } = yield* post("rules", rule("gone", { match_string: "quite gone" }))
      yield* call("DELETE", `/api/v1/rules/${id}`)
      assert.strictEqual((yield* post(`rules/${id}/restore`, {}, "viewer-key-of-tests")).status, 403)
      const taker = yield* post("rules", rule("gone", { match_string: "another" }))
      const taken = yield* post(`rules/${id}/restore`, {})
      assert.deepStrictEqual([taken.status, taken.body._tag], [409, "RuleNameTaken"])
      yield* call("DELETE", `/api/v1/rules/${taker.body.id}`)
      const wide = yield* post("rules", rule("wide", { match_string: "quite", priority: 1 }))
      assert.strictEqual((yield* post(`rules/${id}/restore`, {})).body._tag, "LintFailed")
      yield* call("DELETE", `/api/v1/rules/${wide.body.id}`)
      const back = yield* post(`rules/${id}/restore`, { reason: "needed" })
      assert.deepStrictEqual([back.status, back.body.id], [200, id])
      const fields = ({ match_string, name, priority }: typeof old) => ({ match_string, name, priority })
      assert.deepStrictEqual(fields(back.body.rule), fields(old))
      assert.strictEqual((yield* post(`rules/${id}/restore`, {})).status, 404)
      assert.strictEqual((yield* post("rules/999999/restore", {})).status, 404)
    }))
})
