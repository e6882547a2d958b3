import { assert, layer } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { call, running, Stores } from "./harness.ts"

const rule = {
  match_string: "LINK-DOWN",
  prod_handling: "Page_and_ticket",
  dev_handling: "Ignore",
  team_assignment: "NetOps"
}

const fieldsOf = (body: { errors: ReadonlyArray<{ field: string }> }) => body.errors.map(({ field }) => field).sort()

layer(running(Stores), { excludeTestServices: true })("the rules API", (it) => {
  it.effect("creates a rule with the original's defaults and shows it", () =>
    Effect.gen(function*() {
      const made = yield* call("POST", "/api/v1/rules", { body: rule })
      assert.strictEqual(made.status, 201)
      assert.strictEqual(made.body.message, "Rule created successfully")
      const found = yield* call("GET", `/api/v1/rules/${made.body.id}`, { key: "viewer-key-of-tests" })
      assert.strictEqual(found.status, 200)
      assert.deepInclude(found.body, {
        id: made.body.id,
        match_type: "contains",
        match_string: "LINK-DOWN",
        trap_oid: null,
        syslog_severity: null,
        priority: 100,
        is_active: true
      })
      const all = yield* call("GET", "/api/v1/rules", { key: "viewer-key-of-tests" })
      assert.include(all.body.rules.map(({ id }: { id: number }) => id), made.body.id)
    }))

  it.effect("changes only the fields that are sent", () =>
    Effect.gen(function*() {
      const { body: { id } } = yield* call("POST", "/api/v1/rules", {
        body: { ...rule, match_string: "FAN-DOWN", syslog_severity: 3 }
      })
      const changed = yield* call("PUT", `/api/v1/rules/${id}`, { body: { priority: 5, syslog_severity: null } })
      assert.deepStrictEqual([changed.status, changed.body.message], [200, "Rule updated successfully"])
      const { body } = yield* call("GET", `/api/v1/rules/${id}`)
      assert.deepInclude(body, { priority: 5, syslog_severity: null, match_string: "FAN-DOWN", is_active: true })
    }))

  it.effect("deletes a rule, with or without a body, and then knows it no more", () =>
    Effect.gen(function*() {
      for (const body of [undefined, { reason: "noise" }]) {
        const { body: { id } } = yield* call("POST", "/api/v1/rules", { body: { ...rule, match_string: "PORT-DOWN" } })
        const gone = yield* call("DELETE", `/api/v1/rules/${id}`, body === undefined ? {} : { body })
        assert.deepStrictEqual([gone.status, gone.body], [200, { message: "Rule deleted successfully" }])
        const again = yield* call("DELETE", `/api/v1/rules/${id}`)
        assert.deepStrictEqual([again.status, again.body._tag], [404, "RuleNotFound"])
        assert.strictEqual((yield* call("PUT", `/api/v1/rules/${id}`, { body: { priority: 1 } })).status, 404)
      }
    }))

  it.effect("answers 400 to what is no JSON, and 415 to another type", () =>
    Effect.gen(function*() {
      for (const body of ["{", "not json", "{\"a\":1,}"]) {
        const answer = yield* call("POST", "/api/v1/rules", { body })
        assert.deepStrictEqual([answer.status, answer.body._tag], [400, "Unreadable"])
      }
      const form = yield* call("POST", "/api/v1/rules", {
        body: "a=b",
        headers: { "content-type": "application/x-www-form-urlencoded" }
      })
      assert.strictEqual(form.status, 415)
    }))

  it.effect("names each wrong field, all at once", () =>
    Effect.gen(function*() {
      const answer = yield* call("POST", "/api/v1/rules", {
        body: {
          match_type: "sounds_like",
          match_string: 7,
          syslog_severity: 9,
          priority: 1.5,
          prod_handling: "Maybe",
          team_assignment: "",
          is_active: "yes",
          reason: { not: "text" }
        }
      })
      assert.deepStrictEqual([answer.status, answer.body._tag], [422, "Invalid"])
      assert.deepStrictEqual(fieldsOf(answer.body), [
        "dev_handling",
        "is_active",
        "match_string",
        "match_type",
        "priority",
        "prod_handling",
        "reason",
        "syslog_severity",
        "team_assignment"
      ])
    }))

  it.effect("is troubled neither by depth nor by size", () =>
    Effect.gen(function*() {
      const depth = 100_000
      const deep = `{"match_string":${"[".repeat(depth)}${"]".repeat(depth)},"reason":${"{\"a\":".repeat(depth)}1${
        "}".repeat(depth)
      }}`
      const answer = yield* call("POST", "/api/v1/rules", { body: deep })
      assert.strictEqual(answer.status, 422)
      assert.includeMembers(fieldsOf(answer.body), ["match_string", "reason"])
      const huge = yield* call("POST", "/api/v1/rules", {
        body: JSON.stringify({ ...rule, reason: "x".repeat(1_100_000) })
      })
      assert.deepStrictEqual([huge.status, huge.body._tag], [413, "BodyTooLarge"])
    }))

  it.effect("refuses a rule that could never match, naming the field", () =>
    Effect.gen(function*() {
      const cases: ReadonlyArray<readonly [object, string]> = [
        [{ match_string: null }, "match_string"],
        [{ match_string: "  " }, "match_string"],
        [{ match_type: "regex", match_string: "[bad(" }, "match_string"],
        [{ match_type: "regex", match_string: "(?=x)y" }, "match_string"],
        [{ match_type: "oid_prefix" }, "trap_oid"],
        [{ match_type: "oid_prefix", trap_oid: "one.two" }, "trap_oid"],
        [{ match_string: "x".repeat(1_025) }, "match_string"],
        [{ match_string: "a\u0000b" }, "match_string"],
        [{ team_assignment: "t".repeat(101) }, "team_assignment"]
      ]
      for (const [wrong, field] of cases) {
        const answer = yield* call("POST", "/api/v1/rules", { body: { ...rule, ...wrong } })
        assert.deepStrictEqual(
          [answer.status, fieldsOf(answer.body)],
          [422, [field]],
          JSON.stringify(wrong).slice(0, 80)
        )
      }
    }))

  it.effect("judges a change by the whole rule that it would make", () =>
    Effect.gen(function*() {
      const { body: { id } } = yield* call("POST", "/api/v1/rules", { body: { ...rule, match_string: "PSU-DOWN" } })
      const answer = yield* call("PUT", `/api/v1/rules/${id}`, { body: { match_type: "oid_prefix" } })
      assert.deepStrictEqual([answer.status, fieldsOf(answer.body)], [422, ["trap_oid"]])
      assert.strictEqual((yield* call("GET", `/api/v1/rules/${id}`)).body.match_type, "contains")
      assert.strictEqual((yield* call("PUT", `/api/v1/rules/${id}`, { body: { reason: "just so" } })).status, 422)
    }))

  it.effect("has no rule under what is no number", () =>
    Effect.gen(function*() {
      for (const id of ["abc", "1.5", "-1", "0", "99999999999"]) {
        assert.strictEqual((yield* call("GET", `/api/v1/rules/${id}`)).status, 404, id)
      }
    }))

  it.effect("says which rule an event would match, and why, without storing anything", () =>
    Effect.gen(function*() {
      yield* call("POST", "/api/v1/dev-hosts", { body: { hostname: "lab-*" } })
      const { body: { id } } = yield* call("POST", "/api/v1/rules", {
        body: { ...rule, match_string: "FAN-FAILED", priority: 0, syslog_severity: 3 }
      })
      const event = { hostname: "LAB-7", message: "%FAN-FAILED: tray 2", severity: "err" }
      const hit = yield* call("POST", "/api/v1/rules/test", { key: "viewer-key-of-tests", body: event })
      assert.strictEqual(hit.status, 200)
      assert.deepInclude(hit.body, {
        matched: true,
        outcome: "suppressed",
        environment: "dev",
        handling: "Ignore",
        team: "NetOps"
      })
      assert.strictEqual(hit.body.rule.id, id)
      assert.match(hit.body.reason, /FAN-FAILED/)
      const miss = yield* call("POST", "/api/v1/rules/test", { body: { ...event, severity: "info", hostname: "sw1" } })
      assert.deepInclude(miss.body, { matched: false, outcome: "unmatched", environment: "prod", rule: null })
      // The tables of hosts are kept between tests, and read again once they changed.
      yield* call("POST", "/api/v1/teams", { body: { hostname: "sw*", team_assignment: "Campus" } })
      const later = yield* call("POST", "/api/v1/rules/test", { body: { ...event, severity: "info", hostname: "sw1" } })
      assert.deepStrictEqual([miss.body.team, later.body.team], ["NETO", "Campus"])
      const why = miss.body.others.find(({ rule_id }: { rule_id: number }) => rule_id === id).why
      assert.match(why, /severity/)
    }))

  it.effect("tries the rules on a tag and a message, or on a line as a device sends it, and shows what they saw", () =>
    Effect.gen(function*() {
      const { body: { id } } = yield* call("POST", "/api/v1/rules", {
        body: { ...rule, match_string: "PORT-LOST", priority: 0 }
      })
      const saw = { hostname: "sw9", message: "port 3", tag: "PORT-LOST: ", severity: null, trap_oid: null }
      const fields = yield* call("POST", "/api/v1/rules/test", {
        body: { hostname: "sw9", message: "port 3", tag: "PORT-LOST" }
      })
      assert.deepStrictEqual([fields.status, fields.body.rule.id, fields.body.saw], [200, id, saw])
      assert.include(fields.body.reason, "message with or without its tag contains \"PORT-LOST\"")
      const line = "<189>Nov 28 04:20:00 sw9 PORT-LOST: port 3"
      const decoded = yield* call("POST", "/api/v1/rules/test", { body: { line } })
      assert.deepStrictEqual([decoded.status, decoded.body.rule.id], [200, id])
      assert.deepStrictEqual(decoded.body.saw, { ...saw, severity: 5 })
      const untagged = yield* call("POST", "/api/v1/rules/test", { body: { hostname: "sw9", message: "port 3" } })
      assert.deepStrictEqual([untagged.body.rule, untagged.body.saw.tag], [null, null])
    }))

  it.effect("says why a line cannot be tried, and asks for a host or a line", () =>
    Effect.gen(function*() {
      for (
        const [body, field] of [[{ line: "\u0001\u0002" }, "line"], [{ line: "hello" }, "line"], [
          {},
          "hostname"
        ]] as const
      ) {
        const answer = yield* call("POST", "/api/v1/rules/test", { body })
        assert.deepStrictEqual([answer.status, fieldsOf(answer.body)], [422, [field]], JSON.stringify(body))
      }
      const peer = yield* call("POST", "/api/v1/rules/test", { body: { line: "hello", hostname: "192.0.2.7" } })
      assert.strictEqual(peer.body.saw.hostname, "192.0.2.7")
    }))

  it.effect("answers others while unkind rules are tried on a long message, by two at once", () =>
    Effect.gen(function*() {
      for (let i = 0; i < 40; i++) {
        yield* call("POST", "/api/v1/rules", {
          body: { ...rule, match_type: "regex", match_string: `[ab]*a[ab]{${10 + i}}[c-z]`, priority: 500 + i }
        })
      }
      const order: Array<string> = []
      const body = { hostname: "sw1", message: "abbaab".repeat(10_000) }
      const trial = call("POST", "/api/v1/rules/test", { key: "viewer-key-of-tests", body }).pipe(
        Effect.tap(Effect.sync(() => order.push("trial")))
      )
      const trials = yield* Effect.forkChild(Effect.all([trial, trial], { concurrency: 2 }))
      const others = call("GET", "/api/v1/dev-hosts", {}).pipe(Effect.tap(Effect.sync(() => order.push("other"))))
      for (let i = 0; i < 10 && !order.includes("trial"); i++) yield* others
      const answers = yield* Fiber.join(trials)
      assert.deepStrictEqual(order.slice(0, 3), ["other", "other", "other"])
      // Either the rules were asked one and all, or that would have taken too long.
      for (const { body, status } of answers) {
        if (status === 200) assert.isFalse(body.matched)
        else assert.deepStrictEqual([status, fieldsOf(body)], [422, ["message"]])
      }
    }))
})
