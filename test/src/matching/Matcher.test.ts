import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { decodeSyslog } from "../../../src/decode/formats/syslog.ts"
import { Refusal } from "../../../src/decode/ReceiveContext.ts"
import type { Rule } from "../../../src/domain/Rule.ts"
import { Severity } from "../../../src/domain/Severity.ts"
import { inOneGo } from "../../../src/logic/steps.ts"
import { type CompiledRule, compileRule, type Matchable, mismatch } from "../../../src/matching/CompiledRule.ts"
import { buildMatcher } from "../../../src/matching/Matcher.ts"
import { patternLimits } from "../../../src/matching/Pattern.ts"
import { byPriority } from "../../../src/matching/ranks.ts"
import { contextOf } from "../decode/contextOf.ts"
import { contains, exact, oidPrefix, regex, rule } from "./rules.ts"

const matcherOf = (rules: ReadonlyArray<Rule>) => inOneGo(buildMatcher(rules))
const decides = (rules: ReadonlyArray<Rule>, event: Partial<Matchable>) =>
  matcherOf(rules).match({ message: "", ...event })?.rule.id

describe("contains", () => {
  it("finds its text anywhere, whatever the case", () => {
    assert.strictEqual(decides([contains(1, "Link-Down")], { message: "%LINK-DOWN: Gi0/1" }), 1)
    assert.isUndefined(decides([contains(1, "link-down")], { message: "link down" }))
  })

  it("keeps its place though a character before it grows in lower case", () => {
    assert.strictEqual(decides([contains(1, "x")], { message: "İİİx" }), 1)
  })
})

describe("exact", () => {
  it("wants the whole message, whatever the case and the white space around it", () => {
    assert.strictEqual(decides([exact(1, "Fan Failed")], { message: "  fan failed\n" }), 1)
    assert.isUndefined(decides([exact(1, "Fan failed")], { message: "fan failed again" }))
  })
})

describe("regex", () => {
  it("searches anywhere, whatever the case", () => {
    assert.strictEqual(decides([regex(1, "gi\\d+/\\d+ .*DOWN")], { message: "port Gi0/12 is now down." }), 1)
  })

  it("runs also when the pattern requires no text at all", () => {
    assert.strictEqual(decides([regex(1, "^\\d+$")], { message: "42" }), 1)
    assert.strictEqual(decides([regex(1, "^$")], { message: "" }), 1)
  })

  it("reads a pattern of ordinary size against the longest message, end included", () => {
    assert.strictEqual(decides([regex(1, "tail$")], { message: "x".repeat(65_532) + "tail" }), 1)
  })
})

describe("oid_prefix", () => {
  it("is below its prefix arc by arc, leading dot or not", () => {
    assert.strictEqual(decides([oidPrefix(1, ".1.3.6.1.4.1.9")], { trapOid: "1.3.6.1.4.1.9.9.41.2" }), 1)
    assert.strictEqual(decides([oidPrefix(1, "1.3.6.1.4.1.9")], { trapOid: "1.3.6.1.4.1.9" }), 1)
    assert.isUndefined(decides([oidPrefix(1, "1.3.6.1.4.1.9")], { trapOid: "1.3.6.1.4.1.99" }))
    assert.isUndefined(decides([oidPrefix(1, "1.3.6.1.4.1.9.1")], { trapOid: "1.3.6.1.4.1.9" }))
  })

  it("takes a prefix with a trailing star as the prefix", () => {
    assert.strictEqual(decides([oidPrefix(1, "1.3.6.*")], { trapOid: "1.3.6.1" }), 1)
  })

  it("never matches an event without a trap OID", () => {
    assert.isUndefined(decides([oidPrefix(1, "1.3")], { message: "1.3.6" }))
  })
})

describe("any rule", () => {
  it("with a severity matches only events of that severity, traps too", () => {
    const rules = [contains(1, "down", { syslogSeverity: 3 }), oidPrefix(2, "1.3", { syslogSeverity: 2 })]
    assert.strictEqual(decides(rules, { message: "down", severity: 3 }), 1)
    assert.isUndefined(decides(rules, { message: "down", severity: 4 }))
    assert.isUndefined(decides(rules, { message: "down" }))
    assert.strictEqual(decides(rules, { trapOid: "1.3.6", severity: 2 }), 2)
    assert.isUndefined(decides(rules, { trapOid: "1.3.6", severity: 3 }))
  })

  it("goes by priority, then by id, whatever its type", () => {
    const rules = [regex(9, "do.n", { priority: 10 }), contains(8, "down", { priority: 10 }), exact(1, "down")]
    assert.strictEqual(decides(rules, { message: "down" }), 8)
    assert.strictEqual(decides(rules.slice(0, 1), { message: "down" }), 9)
    assert.strictEqual(decides([contains(1, "down"), regex(2, "down", { priority: 1 })], { message: "down" }), 2)
  })

  it("is left out when it is not active", () => {
    assert.isUndefined(decides([contains(1, "down", { isActive: false })], { message: "down" }))
  })

  it("with both a text and an OID is read as its type says", () => {
    const both = { matchString: "down", trapOid: "1.3.6" }
    assert.strictEqual(decides([rule({ id: 1, ...both })], { message: "link down", trapOid: "1.9" }), 1)
    assert.isUndefined(decides([rule({ id: 1, ...both })], { message: "up", trapOid: "1.3.6" }))
    assert.strictEqual(decides([rule({ id: 1, matchType: "oid_prefix", ...both })], { trapOid: "1.3.6.1" }), 1)
  })

  it("that cannot be used is named and matches nothing, and the others go on", () => {
    const matcher = matcherOf([
      regex(1, "(unclosed"),
      oidPrefix(2, "not an oid"),
      contains(3, "down"),
      contains(4, " ")
    ])
    assert.deepStrictEqual(matcher.problems.map(({ field, ruleId }) => [ruleId, field]), [
      [1, "matchString"],
      [2, "trapOid"],
      [4, "matchString"]
    ])
    assert.strictEqual(matcher.size, 1)
    assert.strictEqual(matcher.match({ message: "down" })?.rule.id, 3)
  })

  it("says what it asked for", () => {
    const why = matcherOf([contains(7, "LINK", { syslogSeverity: 3 })]).match({ message: "link", severity: 3 })?.why
    assert.strictEqual(why, "Rule 7: message contains \"LINK\" and severity is 3.")
  })
})

describe("a tag that was taken off the message", () => {
  const message = "port 3"
  const tag = "LINK-DOWN: "

  it("is seen by text rules of every type, as the device sent it", () => {
    assert.strictEqual(decides([contains(1, "link-down")], { message, tag }), 1)
    assert.strictEqual(decides([contains(1, "DOWN: port")], { message, tag }), 1)
    assert.strictEqual(decides([exact(1, "link-down: PORT 3")], { message, tag }), 1)
    assert.strictEqual(decides([regex(1, "^LINK-\\w+: port \\d+$")], { message, tag }), 1)
    assert.strictEqual(decides([regex(1, "^\\w+-\\w+: ")], { message, tag }), 1)
    assert.isUndefined(decides([contains(1, "link-up")], { message, tag }))
  })

  it("leaves the message to be seen without it", () => {
    assert.strictEqual(decides([exact(1, "port 3")], { message, tag }), 1)
    assert.strictEqual(decides([regex(1, "^port \\d+$")], { message, tag }), 1)
    assert.strictEqual(decides([regex(1, "\\Aport")], { message, tag }), 1)
    assert.strictEqual(decides([regex(1, "^\\w+ \\d$"), regex(2, "^[*!]{4}")], { message, tag }), 1)
    assert.strictEqual(decides([regex(1, "\\Bport"), regex(2, "\\bpo?\\w")], { message, tag }), 2)
  })

  it("does not hide the end of a long message from a pattern that sees just so far", () => {
    const large = regex(1, `(?:${"abcdefgh".repeat(12)}|tail$)`)
    const { size = 0 } = matcherOf([large]).patterns.get(large.matchString ?? "") ?? {}
    assert.isAbove(size, 91)
    const reach = Math.floor(patternLimits.work / size)
    const long = "x".repeat(reach - 4) + "tail"
    assert.strictEqual(decides([large], { message: long, tag }), 1)
  })

  it("is named beside the message where a rule says what it asked for", () => {
    const why = matcherOf([contains(7, "LINK")]).match({ message, tag })?.why
    assert.strictEqual(why, "Rule 7: message with or without its tag contains \"LINK\".")
  })

  it("of a device that says LINK-DOWN is matched by the rule that looks for it", () => {
    const event = decodeSyslog("<189>Nov 28 04:20:00 sw9 LINK-DOWN: port 3", contextOf({ peer: "192.0.2.9" }))
    assert.notInstanceOf(event, Refusal)
    if (!(event instanceof Refusal)) assert.strictEqual(decides([contains(1, "LINK-DOWN")], event), 1)
  })
})

describe("a matcher", () => {
  it("takes over the patterns of the one before that did not change", () => {
    const before = matcherOf([regex(1, "a.b"), regex(2, "c.d")])
    const after = inOneGo(buildMatcher([regex(1, "a.b"), regex(3, "e.f")], before.patterns))
    assert.strictEqual(after.patterns.get("a.b"), before.patterns.get("a.b"))
    assert.deepStrictEqual([...after.patterns.keys()], ["a.b", "e.f"])
  })

  it("pauses many times while it is built from many rules", () => {
    const rules = Array.from(
      { length: 10_000 },
      (_, index) => index % 4 === 0 ? regex(index, `unit${index} .*failed`) : contains(index, `message number ${index}`)
    )
    assert.isAbove([...buildMatcher(rules)].length, 100)
  })
})

/** The message alone, or the whole line as if it were a message: what the matcher does about tags may not change any answer. */
const eitherFits = (candidate: CompiledRule, { message, tag = "", ...rest }: Matchable): boolean =>
  [message, tag + message].some((text) => mismatch(candidate, { message: text, ...rest }) === undefined)

const Fragment = Schema.Literals([
  "a",
  "ab",
  "B",
  "bA",
  "K",
  "k",
  "ſ",
  "s",
  "İ",
  "é",
  "É",
  ".",
  "a+",
  "b?",
  "(a|b)",
  "(?:ab|ba|K)",
  "[ab]",
  "[^a]",
  "\\d",
  "1",
  "\\s",
  " ",
  "^",
  "$",
  "\\b",
  "(ab)*",
  "(a|)",
  "{2}",
  "|",
  "\\Qa.b\\E",
  "\\.",
  "(?i:aB)",
  "\\x61",
  "a{2}",
  "(b{1,2}|k+)?"
])
const Pieces = Schema.Array(Fragment)
const Word = Schema.Array(
  Schema.Literals(["a", "A", "b", "B", "k", "K", "K", "ſ", "S", "İ", "é", "É", "1", " ", ".", "\n"])
)
const Oid = Schema.Array(Schema.Literals([1, 2, 11]))
const RuleSeed = Schema.Struct({
  matchType: Schema.Literals(["contains", "regex", "regex", "exact", "oid_prefix"]),
  pieces: Pieces,
  word: Word,
  oid: Oid,
  severity: Schema.NullOr(Severity),
  priority: Schema.Literals([1, 2, 3]),
  isActive: Schema.Literals([true, true, true, false])
})
const EventSeed = Schema.Struct({ word: Word, tag: Word, oid: Oid, severity: Schema.NullOr(Severity) })

describe("whatever the rules and the event", () => {
  it.prop(
    "the matcher finds the rule that asking one by one finds",
    { seeds: Schema.Array(RuleSeed), events: Schema.Array(EventSeed) },
    ({ events, seeds }) => {
      const rules = seeds.map((seed, index) =>
        rule({
          id: index + 1,
          matchType: seed.matchType,
          matchString: seed.matchType === "regex" ? seed.pieces.join("") : seed.word.join(""),
          trapOid: seed.oid.join("."),
          syslogSeverity: seed.severity,
          priority: seed.priority,
          isActive: seed.isActive
        })
      )
      const matcher = matcherOf(rules)
      const usable = rules.filter((candidate) => candidate.isActive).sort(byPriority).flatMap((candidate) => {
        const made = compileRule(candidate)
        return "field" in made ? [] : [made]
      })
      for (const { oid, severity, tag, word } of events) {
        const event: Matchable = {
          message: word.join(""),
          ...(tag.length === 0 ? {} : { tag: `${tag.join("")}: ` }),
          ...(severity === null ? {} : { severity }),
          ...(oid.length === 0 ? {} : { trapOid: oid.join(".") })
        }
        const expected = usable.find((candidate) => eitherFits(candidate, event))?.rule.id
        assert.strictEqual(matcher.match(event)?.rule.id, expected, JSON.stringify({ event, rules }))
        assert.strictEqual(inOneGo(matcher.matchSlowly(event))?.rule.id, expected)
      }
    },
    { arbitrary: { runs: 300, size: 30 } }
  )
})
