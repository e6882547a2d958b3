import { assert, describe, it } from "@effect/vitest"
import { type Random, seeded } from "../../../scripts/bench/Random.ts"
import type { Rule } from "../../../src/domain/Rule.ts"
import { inOneGo } from "../../../src/logic/steps.ts"
import { buildMatcher } from "../../../src/matching/Matcher.ts"
import { lint } from "../../../src/rulefile/lint.ts"
import { randomEvent, randomRules } from "../matching/randomRules.ts"
import { contains, exact, oidPrefix, regex } from "../matching/rules.ts"

const named = (rules: ReadonlyArray<Rule>) => rules.map((rule) => ({ ...rule, name: `r${rule.id}` }))
const found = (...rules: ReadonlyArray<Rule>) =>
  inOneGo(lint(named(rules))).map(({ code, other, rule }) => [code, rule, other])
const shadows = (first: Rule, second: Rule) => found(first, second).some(([code]) => code === "shadowed")

describe("a duplicate", () => {
  it("asks for the same as an earlier rule: case, dots and white space that do not count are the same", () => {
    assert.deepStrictEqual(found(contains(1, "Link"), contains(2, "LINK")), [["duplicate", "r2", "r1"]])
    assert.deepStrictEqual(found(exact(2, " fan "), exact(1, "FAN")), [["duplicate", "r2", "r1"]])
    assert.deepStrictEqual(found(oidPrefix(1, ".1.3.6"), oidPrefix(2, "iso.3.6.*")), [["duplicate", "r2", "r1"]])
    assert.deepStrictEqual(found(regex(1, "a\\d"), regex(2, "a\\d")), [["duplicate", "r2", "r1"]])
  })

  it("is none with another severity, or when one of them is not active or cannot be used", () => {
    assert.deepStrictEqual(found(contains(1, "x", { syslogSeverity: 3 }), contains(2, "x", { syslogSeverity: 4 })), [])
    assert.deepStrictEqual(found(contains(1, "x", { isActive: false }), contains(2, "x")), [])
    assert.deepStrictEqual(found(regex(1, "("), regex(2, "(")), [])
  })
})

describe("a shadowed rule", () => {
  it("asks for a text that holds the one of an earlier rule", () => {
    assert.isTrue(shadows(contains(1, "link"), contains(2, "LINK-DOWN")))
    assert.isTrue(shadows(contains(1, "link"), exact(2, "a link is down")))
    assert.isFalse(shadows(contains(1, "link-down"), contains(2, "link")))
    assert.isFalse(shadows(exact(1, "link"), contains(2, "a link")))
  })

  it("has a pattern each of whose matches holds it, whichever branch is taken", () => {
    assert.isTrue(shadows(contains(1, "link"), regex(2, "port \\d+ link (?:up|down)")))
    assert.isTrue(shadows(contains(1, "own"), regex(2, "(?:down|owned) \\d+")))
    assert.isFalse(shadows(contains(1, "down"), regex(2, "(?:down|up) \\d+")))
    assert.isFalse(shadows(contains(1, "link"), regex(2, "(?:link)?down")))
    assert.isFalse(shadows(contains(1, "link"), regex(2, "l.nk")))
  })

  it("has an OID at or below that of an earlier rule, arc by arc", () => {
    assert.isTrue(shadows(oidPrefix(1, "1.3.6.1"), oidPrefix(2, "1.3.6.1.4")))
    assert.isFalse(shadows(oidPrefix(1, "1.3.6.1"), oidPrefix(2, "1.3.6.14")))
    assert.isFalse(shadows(contains(1, "1.3"), oidPrefix(2, "1.3.6")))
  })

  it("is so only if the earlier one asks for no severity or for the same", () => {
    const three = { syslogSeverity: 3 } as const
    assert.isTrue(shadows(contains(1, "link"), contains(2, "link-down", three)))
    assert.isTrue(shadows(contains(1, "link", three), contains(2, "link-down", three)))
    assert.isTrue(shadows(contains(1, "link"), contains(2, "link", three)))
    assert.isFalse(shadows(contains(1, "link", three), contains(2, "link-down")))
    assert.isFalse(shadows(contains(1, "link", { syslogSeverity: 4 }), contains(2, "link-down", three)))
  })

  it("comes later by priority, then by id, and both are active", () => {
    assert.deepStrictEqual(found(contains(1, "link-down"), contains(2, "link", { priority: 1 })), [
      ["shadowed", "r1", "r2"]
    ])
    assert.isFalse(shadows(contains(1, "link", { isActive: false }), contains(2, "link-down")))
    assert.isFalse(shadows(contains(1, "link"), contains(2, "link-down", { isActive: false })))
  })

  it("names the first rule that takes all, with the texts that show it", () => {
    const [finding] = inOneGo(lint(named([contains(1, "link-d"), contains(2, "LINK"), contains(3, "link-down")])))
    assert.deepStrictEqual(finding, {
      code: "shadowed",
      level: "error",
      rule: "r3",
      other: "r1",
      message: "Rule r3 never decides: rule r1 matches all that it matches and comes before it.",
      proof: "\"link-d\" is inside of \"link-down\""
    })
  })

  // 20 sets of rules, 5,000 events each.
  it("never decides, whatever comes", () => {
    let shadowed = 0
    let decided = 0
    for (let seed = 1; seed <= 20; seed++) {
      const random = seeded(seed)
      const rules = named(randomRules(random, 100))
      const silent = new Map(
        inOneGo(lint(rules)).filter(({ level }) => level === "error").map((finding) => [finding.rule, finding])
      )
      shadowed += silent.size
      const matcher = inOneGo(buildMatcher(rules))
      for (let i = 0; i < 5_000; i++) {
        const event = randomEvent(random)
        const match = matcher.match(event)
        if (match === undefined) continue
        decided++
        const finding = silent.get(`r${match.rule.id}`)
        assert.isUndefined(finding, `${JSON.stringify(event)} ${JSON.stringify(finding)}`)
      }
    }
    assert.isAbove(shadowed, 400)
    assert.isAbove(decided, 50_000)
  })

  it("is found among a thousand rules each time one is put there, and no other", () => {
    for (let seed = 1; seed <= 3; seed++) {
      const random = seeded(seed)
      const { planted, rules } = thousand(random)
      const errors = inOneGo(lint(named(rules))).filter(({ level }) => level === "error")
      assert.sameMembers(errors.map(({ rule }) => rule), planted.map((id) => `r${id}`))
    }
  })
})

/** 950 rules none of which is inside of another, and 50 later ones that are. */
const thousand = (random: Random) => {
  const four = (n: number) => String(n).padStart(4, "0")
  const base = Array.from({ length: 950 }, (_, n) => {
    const id = n + 1
    switch (n % 4) {
      case 0:
        return contains(id, `event ${four(n)} happened`)
      case 1:
        return regex(id, `(?:card|port) \\d+ is in state ${four(n)}`)
      case 2:
        return oidPrefix(id, `1.3.6.1.4.1.${n + 10_000}`)
      default:
        return exact(id, `the state is ${four(n)}`)
    }
  })
  const planted = Array.from({ length: 50 }, (_, n): Rule => {
    const id = 951 + n
    const priority = { priority: 101 + random.int(100) }
    const under = random.int(237)
    switch (n % 5) {
      case 0:
        return contains(id, `EVENT ${four(under * 4)} happened on port ${n}`, priority)
      case 1:
        return exact(id, `${n}: event ${four(under * 4)} happened`, priority)
      case 2:
        return regex(id, `(?:now|then), event ${four(under * 4)} happened ${n}\\d*`, priority)
      case 3:
        return oidPrefix(id, `.1.3.6.1.4.1.${under * 4 + 2 + 10_000}.${n}`, priority)
      default:
        return regex(id, `(?:card|port) \\d+ is in state ${four(under * 4 + 1)}`, { ...priority, syslogSeverity: 3 })
    }
  })
  const order = [...base, ...planted].map((rule) => ({ rule, at: random.next() })).sort((a, b) => a.at - b.at)
  return { planted: planted.map(({ id }) => id), rules: order.map(({ rule }) => rule) }
}

describe("a costly pattern", () => {
  it("requires no text", () => {
    assert.deepStrictEqual(found(regex(1, "\\d+"), regex(2, "port \\d+")), [["costly", "r1", null]])
  })
})
