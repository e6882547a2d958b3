import { assert, describe, it } from "@effect/vitest"
import { peer } from "./cases.ts"
import { at, combine, dateForms, eventOf, seeded } from "./combinations.ts"

const hour = 3_600_000
const arrivalTime = new Date(at).toISOString()

interface Zone {
  readonly text: string
  /** Milliseconds east of UTC; `undefined` where it cannot be told. */
  readonly offset: number | undefined
  /** Only a network device's header tells that the word is a zone. */
  readonly anyWord?: true
}

const zones: ReadonlyArray<Zone> = [
  { text: "", offset: 0 },
  { text: " UTC", offset: 0 },
  { text: " CET", offset: hour },
  { text: " UTC+5:30", offset: 5.5 * hour },
  { text: "+08:00", offset: 8 * hour },
  { text: " -0300", offset: -3 * hour },
  { text: " EDT", offset: undefined },
  { text: " NewYork", offset: undefined, anyWord: true }
]

/** Differences of the right answer and the one that was given, as text; none is what is hoped for. */
const faults: Array<string> = []
const expect = (line: string, wanted: Readonly<Record<string, unknown>>) => {
  const event = eventOf(line)
  for (const [key, value] of Object.entries(wanted)) {
    const seen = Reflect.get(event, key)
    if (seen !== value && faults.length < 20) faults.push(`${line} → ${key}: ${String(seen)}, not ${String(value)}`)
  }
}

const instantOf = (random: (limit: number) => number, resolution: number): number => {
  const time = at - hour - random(20 * hour)
  return time - (time % resolution)
}

describe("headers of network devices", () => {
  const blanks = ["", " "]
  const counters = ["", "45: ", "000106: ", "106: 000105: "]
  const leads = ["", ": "]
  const origins = [undefined, "sw1", "192.0.2.33", "2001:db8::2", "2026host"] as const
  const nodes = ["", "RP/0/RSP1/CPU0:"]
  const marks = ["", "*", "."]
  const message = "%LINK-3-UPDOWN: Interface Gi0/1, changed state to down"

  it("are read whatever of them there is", () => {
    const random = seeded(1)
    faults.length = 0
    const lengths = [blanks, counters, leads, origins, nodes, marks, dateForms, zones].map(({ length }) => length)
    let made = 0
    combine(lengths, (blank = 0, counter = 0, lead = 0, origin = 0, node = 0, mark = 0, form = 0, zone = 0) => {
      const written = dateForms[form]
      const { anyWord, offset, text: zoneText } = zones[zone] ?? { text: "", offset: 0 }
      const name = origins[origin]
      if (written === undefined) return
      const bare = counters[counter] === "" && leads[lead] === "" && name === undefined && nodes[node] === ""
      if (bare && marks[mark] === "" && anyWord === true && !written.fraction) return
      // A number of counters is one, or the colon that stands for a counter that is switched off.
      if (counters[counter] !== "" && leads[lead] !== "") return
      const instant = instantOf(random, written.resolution)
      const time = written.write(new Date(instant + (offset ?? 0)))
      const device = name === undefined ? "" : nodes[node] === "" ? `${name}: ` : `${name} `
      const line = `<189>${blanks[blank]}${counters[counter]}${leads[lead]}${device}${nodes[node]}${marks[mark]}`
        + `${time}${zoneText}: ${message}`
      made++
      expect(line, {
        hostname: name ?? peer,
        timestamp: offset === undefined ? arrivalTime : new Date(instant).toISOString(),
        timestampText: offset === undefined ? time + zoneText : undefined,
        program: undefined,
        tag: undefined,
        message
      })
    })
    assert.deepStrictEqual(faults, [])
    assert.isAbove(made, 20_000)
  })

  it("may have the uptime for a time, or nothing", () => {
    faults.length = 0
    const times = ["00:20:10: ", "1d02h: ", "3w2d: ", "1y10w: ", ""]
    combine(
      [blanks.length, counters.length, origins.length, times.length],
      (blank = 0, counter = 0, origin = 0, time = 0) => {
        const name = origins[origin]
        if (counters[counter] === "") return
        const device = name === undefined ? "" : `${name}: `
        expect(`<189>${blanks[blank]}${counters[counter]}${device}${times[time]}${message}`, {
          hostname: name ?? peer,
          timestamp: arrivalTime,
          program: undefined,
          message
        })
      }
    )
    assert.deepStrictEqual(faults, [])
  })
})

describe("headers of RFC 3164 and its relatives", () => {
  const blanks = ["", " "]
  const versions = ["", "1 "]
  const hosts = ["sw1", "192.0.2.33", "2001:db8::1", "fw-1.example.net", "cluster_a@az1", "slot1/f5-7", "combo"]
  const levels = ["", "user.info ", "local0.notice "]
  const tags = [
    "",
    "sshd[812]: ",
    "LINK-DOWN: ",
    "/usr/sbin/cron[61898]: ",
    "notice mcpd[77]: ",
    "crond(pam_unix)[5]: "
  ]
  const programs = [undefined, "sshd", "LINK-DOWN", "/usr/sbin/cron", "mcpd", "crond(pam_unix)"]
  const texts = [
    "text of it",
    "CEF:0|A10|vThunder|4.1|WAF|x|2|a=b",
    "LEEF:1.0|a|b|c|d|",
    "%%01IFNET/4/X(l)[1]:down",
    "00077 ports:  off"
  ]
  const own = zones.filter(({ anyWord }) => anyWord === undefined)

  it("are read whatever of them there is", () => {
    const random = seeded(2)
    faults.length = 0
    const lists = [blanks, versions, hosts, levels, tags, texts, dateForms, own]
    let made = 0
    combine(
      lists.map(({ length }) => length),
      (blank = 0, version = 0, host = 0, level = 0, tag = 0, text = 0, form = 0, zone = 0) => {
        const written = dateForms[form]
        const { offset, text: zoneText } = own[zone] ?? { text: "", offset: 0 }
        if (written === undefined || versions[version] !== "" && blanks[blank] !== "") return
        const instant = instantOf(random, written.resolution)
        const time = written.write(new Date(instant + (offset ?? 0)))
        const said = texts[text] ?? ""
        const line = `<14>${blanks[blank]}${versions[version]}${time}${zoneText} ${levels[level]}${hosts[host]} ${
          tags[tag]
        }${said}`
        made++
        expect(line, {
          hostname: hosts[host],
          timestamp: offset === undefined ? arrivalTime : new Date(instant).toISOString(),
          program: programs[tag],
          tag: tags[tag] === "" ? undefined : tags[tag],
          message: said
        })
      }
    )
    assert.deepStrictEqual(faults, [])
    assert.isAbove(made, 100_000)
  }, 60_000)
})

describe("a number, a time, a level or a zone", () => {
  const words = [
    "106",
    "000107",
    "2026",
    "03:55:12",
    "1.5",
    "INFO",
    "warning",
    "user.info",
    "local7.err",
    "EST",
    "CEST"
  ]
  const places: ReadonlyArray<(word: string) => string> = [
    (word) => `<189>${word}: Nov 28 03:00:00: %LINK-3-UPDOWN: down`,
    (word) => `<189>45: ${word} : Nov 28 03:00:00: %LINK-3-UPDOWN: down`,
    (word) => `<189>45: ${word} 46: Nov 28 03:00:00: %LINK-3-UPDOWN: down`,
    (word) => `<189>45: ${word}: %LINK-3-UPDOWN: down`,
    (word) => `<189>${word} RP/0/RSP1/CPU0:Nov 28 03:00:00: x[1]: %LINK-3-UPDOWN: down`,
    (word) => `<14>Nov 28 03:00:00 ${word}: %LINK-3-UPDOWN: down`,
    (word) => `<14>Nov 28 03:00:00 ${word} [main] text of it`,
    (word) => `<14>1 2026-11-28 03:00:00 ${word} [main] text of it`,
    (word) => `<14>2026-11-28T03:00:00Z ${word} [main] text of it`,
    (word) => `<14>${word} text of it`
  ]
  for (const word of words) {
    it(`is never a host: ${word}`, () => {
      for (const position of places) assert.strictEqual(eventOf(position(word)).hostname, peer, position(word))
    })
  }

  it("nor is the first word of a message behind a time that a colon closes", () => {
    for (const line of ["<189>45: Nov 28 03:00:00: eth0 is down", "<189>: 2026 Nov 28 03:00:00 UTC: port-3 is down"]) {
      assert.strictEqual(eventOf(line).hostname, peer)
    }
  })
})
