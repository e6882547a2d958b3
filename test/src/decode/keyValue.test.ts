import { assert, describe, it } from "@effect/vitest"
import { combine, eventOf, seeded } from "./combinations.ts"

const device = "fw-c"
const time = "2026-11-28T03:05:36.000Z"

/** Families of headers: what tells the time and the name, and what else they hold. */
const families: ReadonlyArray<{ readonly fixed: ReadonlyArray<string>; readonly loose: ReadonlyArray<string> }> = [
  {
    fixed: ["date=2026-11-28", "time=03:05:36"],
    loose: [
      `devname="${device}"`,
      "devid=\"FG100D3G00000000\"",
      "level=\"notice\"",
      "vd=root",
      "hostname=\"www.example.com\"",
      "msg=\"a, b; c|d e=f\"",
      "srcip=192.0.2.251"
    ]
  },
  {
    fixed: ["date=2026-11-28", "time=04:05:36", "tz=\"+0100\""],
    loose: [`devname=${device}`, "devid=FGT60D0000000000", "logid=0100040704", "action=\"perf-stats\"", "eventtime=1"]
  },
  {
    fixed: ["id=firewall"],
    loose: [
      "time=\"2026-11-28 03:05:36\"",
      `fw=${device}`,
      "pri=6",
      "sn=0017C5000000",
      "msg=\"Connection Closed\"",
      "n=3"
    ]
  },
  {
    fixed: ["time=1795835136"],
    loose: [
      `hostname=${device}`,
      "severity=Informational",
      "product=VPN-1 & FireWall-1",
      "action=Drop",
      "origin=192.0.2.1"
    ]
  }
]
const separators = [" ", " ", " ", "|"]

describe("headers of pairs", () => {
  it("name the device and tell the time, in any order", () => {
    const faults: Array<string> = []
    const random = seeded(3)
    const made = combine([families.length, 3, 3_000], (family = 0, lead = 0) => {
      const { fixed, loose } = families[family] ?? { fixed: [], loose: [] }
      const left = [...loose]
      const shuffled: Array<string> = []
      while (left.length > 0) shuffled.push(...left.splice(random(left.length), 1))
      const separator = separators[family] ?? " "
      const body = [...fixed, ...shuffled].join(separator)
      const event = eventOf(`<189>${["", " ", "  "][lead]}${body}`)
      const { decode, hostname, message, severity, timestamp } = event
      const right = hostname === device && timestamp === time && message === body && severity === 5 &&
        decode === undefined
      if (!right && faults.length < 20) faults.push(`${hostname} ${timestamp} ${body}`)
    })
    assert.deepStrictEqual(faults, [])
    assert.isAbove(made, 30_000)
  }, 60_000)

  it("are no headers when they name nobody", () => {
    assert.strictEqual(eventOf("<189>date=2026-11-28 time=03:05:36 level=notice").hostname, "192.0.2.200")
    assert.strictEqual(eventOf("<189>hostname was changed").hostname, "192.0.2.200")
  })
})
