import { assert, describe, it } from "@effect/vitest"
import { type Random, seeded } from "../../../scripts/bench/Random.ts"
import type { Decision } from "../../../src/domain/Decision.ts"
import { globMatches } from "../../../src/logic/hosts.ts"
import type { Silence, SilenceMatch } from "../../../src/silence/Silence.ts"
import { buildSilenceIndex, type SilencedEvent, silenceIndex } from "../../../src/silence/silenceIndex.ts"

const silence = (id: number, match: SilenceMatch, more: Partial<Silence> = {}): Silence => ({
  id,
  match,
  starts_at: "2026-06-14T10:00:00Z",
  ends_at: "2026-06-14T12:00:00Z",
  comment: "c",
  revision: 1,
  created_by: "night-shift",
  created_at: "2026-06-14T10:00:00Z",
  ...more
})
const event = (more: Partial<SilencedEvent> = {}): SilencedEvent => ({
  hostname: "sw1",
  message: "Gi0/1 down",
  severity: 3,
  receivedAt: "2026-06-14T11:00:00.000Z",
  ...more
})
const decision = (more: Partial<Decision> = {}): Decision => ({
  outcome: "forwarded",
  environment: "prod",
  ruleId: 7,
  handling: "Page_only",
  rulesVersion: 1,
  cause: null,
  causeId: null,
  team: "NetOps",
  reason: "",
  ...more
})
const ruleName = (id: number) => id === 7 ? "link-down" : undefined
const found = (silences: ReadonlyArray<Silence>, one: SilencedEvent = event(), decided: Decision = decision()) =>
  silenceIndex(silences, ruleName).find(one, decided)?.silence.id
const covers = (match: SilenceMatch, one?: SilencedEvent, decided?: Decision) =>
  found([silence(1, match)], one, decided) === 1

describe("a silence", () => {
  it("covers events by host, in any case and by glob, by rule and by team", () => {
    assert.isTrue(covers({ hosts: ["SW1"] }))
    assert.isTrue(covers({ hosts: ["other", "sw*"] }))
    assert.isFalse(covers({ hosts: ["sw"] }))
    assert.isTrue(covers({ rules: ["link-down"] }))
    assert.isFalse(covers({ rules: ["link-up"] }))
    assert.isFalse(covers({ rules: ["link-down"] }, event(), decision({ ruleId: null, outcome: "unmatched" })))
    assert.isTrue(covers({ teams: ["NetOps"] }))
    assert.isFalse(covers({ teams: ["Sec"] }))
    assert.isTrue(covers({ everything: true }))
  })

  it("asks that all of its match holds", () => {
    const match = { hosts: ["sw1"], rules: ["link-down"], teams: ["NetOps"], environment: "prod" } as const
    assert.isTrue(covers(match))
    assert.isFalse(covers(match, event(), decision({ environment: "dev" })))
    assert.isFalse(covers(match, event(), decision({ team: "Sec" })))
    assert.isFalse(covers(match, event(), decision({ ruleId: 8 })))
  })

  it("lets events through that are more severe than it says, and those without a severity", () => {
    const match = { hosts: ["sw1"], severity_from: 3 } as const
    assert.isTrue(covers(match))
    assert.isFalse(covers(match, event({ severity: 2 })))
    const { severity: _, ...without } = event()
    assert.isFalse(covers(match, without))
    assert.isTrue(covers({ hosts: ["sw1"], severity_from: 0 }, without))
  })

  it("looks at the message as rules do: case aside, with its tag, by a text or a pattern", () => {
    assert.isTrue(covers({ hosts: ["sw1"], message: { contains: "GI0/1" } }))
    assert.isTrue(covers({ hosts: ["sw1"], message: { contains: "LINK: gi" } }, event({ tag: "LINK: " })))
    assert.isFalse(covers({ hosts: ["sw1"], message: { contains: "gi0/2" } }))
    assert.isTrue(covers({ hosts: ["sw1"], message: { regex: "^gi\\d" } }, event({ tag: "LINK: " })))
    assert.isFalse(covers({ hosts: ["sw1"], message: { regex: "(" } }))
  })

  it("covers an event by its arrival, from its begin up to its end or to when it was ended", () => {
    const one = silence(1, { hosts: ["sw1"] })
    const at = (time: string) => event({ receivedAt: `2026-06-14T${time}Z` })
    assert.isUndefined(found([one], at("09:59:59.999")))
    assert.strictEqual(found([one], at("10:00:00.000")), 1)
    assert.isUndefined(found([one], at("12:00:00.000")))
    const ended = { ...one, ended_at: "2026-06-14T11:00:00Z" }
    assert.strictEqual(found([ended], at("10:59:59.999")), 1)
    assert.isUndefined(found([ended], at("11:00:00.000")))
  })

  it("that recurs covers its windows, not before it was made, and says which", () => {
    const { ends_at: _, starts_at: __, ...recurring } = silence(1, { hosts: ["sw1"] }, {
      schedule: { zone: "Europe/Berlin", weekly: [{ days: ["SU"], from: "11:30", to: "13:00" }] }
    })
    const index = silenceIndex([recurring], ruleName)
    const at = (time: string) => index.find(event({ receivedAt: `2026-06-${time}:00.000Z` }), decision())?.occurrence
    assert.strictEqual(at("14T10:30"), "2026-06-14T11:30")
    assert.strictEqual(at("21T09:45"), "2026-06-21T11:30")
    assert.isUndefined(at("14T09:45"))
    assert.isUndefined(at("15T10:30"))
  })

  it("holds back what would be sent or counted, and leaves alone what its rule keeps as a record", () => {
    assert.isTrue(covers({ hosts: ["sw1"] }, event(), decision({ outcome: "unmatched", ruleId: null })))
    assert.isFalse(covers({ hosts: ["sw1"] }, event(), decision({ outcome: "suppressed" })))
  })

  it("of several, the first that is there is named", () => {
    assert.strictEqual(found([silence(5, { teams: ["NetOps"] }), silence(6, { hosts: ["sw1"] })]), 5)
    assert.strictEqual(found([silence(5, { hosts: ["sw2"] }), silence(6, { hosts: ["sw*"] })]), 6)
    assert.isUndefined(found([]))
  })
})

const randomMatch = (random: Random): SilenceMatch => ({
  ...(random.int(2) === 0 ? { hosts: [random.pick(["sw1", "SW2", "sw*", "*2", "fw?"]), `sw${random.int(9)}`] } : {}),
  ...(random.int(3) === 0 ? { rules: [random.pick(["r1", "r2", "r3"])] } : {}),
  ...(random.int(3) === 0 ? { teams: [random.pick(["A", "B"])] } : {}),
  ...(random.int(4) === 0 ? { environment: random.pick(["prod", "dev"] as const) } : {}),
  ...(random.int(4) === 0 ? { severity_from: random.pick([1, 3, 5] as const) } : {}),
  ...(random.int(4) === 0 ? { message: { contains: random.pick(["up", "DOWN"]) } } : {})
})

describe("the index of silences", () => {
  it("pauses between any two silences while it is built", () => {
    const steps = buildSilenceIndex(Array.from({ length: 50 }, (_, id) => silence(id, { hosts: ["sw1"] })), () => "r")
    assert.strictEqual([...steps].length, 49)
  })

  it("finds what asking one after the other finds", () => {
    const random = seeded(7)
    for (let round = 0; round < 40; round++) {
      const silences = Array.from({ length: 12 }, (_, id) => silence(id, randomMatch(random)))
      const index = silenceIndex(silences, (id) => `r${id}`)
      for (let i = 0; i < 50; i++) {
        const one = event({
          hostname: random.pick(["sw1", "sw2", "fw1", "x"]),
          message: random.pick(["up", "down"]),
          severity: random.pick([2, 3, 6] as const)
        })
        const decided = decision({
          ruleId: 1 + random.int(3),
          team: random.pick(["A", "B", "C"]),
          environment: random.pick(["prod", "dev"])
        })
        const slowly = silences.find(({ match }) =>
          (match.hosts?.some((host) => globMatches(host.toLowerCase(), one.hostname)) ?? true) &&
          (match.rules?.includes(`r${decided.ruleId}`) ?? true) &&
          (match.teams?.includes(decided.team) ?? true) &&
          (match.environment ?? decided.environment) === decided.environment &&
          (one.severity ?? 0) >= (match.severity_from ?? 0) &&
          one.message.includes(match.message?.contains?.toLowerCase() ?? "")
        )
        assert.strictEqual(index.find(one, decided)?.silence.id, slowly?.id)
      }
    }
  })
})
