import { assert, describe, it } from "@effect/vitest"
import { timeZone, utc } from "../../../../src/decode/fields/timeZone.ts"
import { decodeRecord } from "../../../../src/decode/formats/record.ts"
import { decodeSyslog } from "../../../../src/decode/formats/syslog.ts"
import { contextOf } from "../contextOf.ts"

const instant = (zone: string, shown: string, arrivedAt: string): string | undefined => {
  const found = timeZone(zone)
  return found === undefined
    ? undefined
    : new Date(found.instantOf(Date.parse(`${shown}Z`), Date.parse(arrivedAt))).toISOString().slice(0, 19)
}

describe("timeZone", () => {
  const now = "2026-08-22T10:00:05Z"
  const table: ReadonlyArray<readonly [string, string, string, string, string]> = [
    ["summer", "Europe/Berlin", "2026-08-22T12:00:00", now, "2026-08-22T10:00:00"],
    ["winter", "Europe/Berlin", "2026-01-22T12:00:00", now, "2026-01-22T11:00:00"],
    ["half an hour", "Asia/Kolkata", "2026-08-22T15:30:00", now, "2026-08-22T10:00:00"],
    ["a quarter of one", "Asia/Kathmandu", "2026-08-22T15:45:00", now, "2026-08-22T10:00:00"],
    ["the other side", "Pacific/Auckland", "2026-08-22T22:00:00", now, "2026-08-22T10:00:00"],
    [
      "an hour that comes twice, the first",
      "Europe/Berlin",
      "2026-10-25T02:30:00",
      "2026-10-25T00:30:10Z",
      "2026-10-25T00:30:00"
    ],
    [
      "an hour that comes twice, the second",
      "Europe/Berlin",
      "2026-10-25T02:30:00",
      "2026-10-25T01:30:10Z",
      "2026-10-25T01:30:00"
    ],
    ["an hour that is left out", "Europe/Berlin", "2026-03-29T02:30:00", "2026-03-29T01:30:10Z", "2026-03-29T01:30:00"],
    ["a minute before the change", "America/New_York", "2026-03-08T01:59:00", now, "2026-03-08T06:59:00"],
    ["a minute after it", "America/New_York", "2026-03-08T03:00:00", now, "2026-03-08T07:00:00"]
  ]
  for (const [what, zone, shown, at, wanted] of table) {
    it(`reads ${what}`, () => assert.strictEqual(instant(zone, shown, at), wanted))
  }

  it("is UTC itself under each of its names, and nothing under none", () => {
    for (const name of ["UTC", "Etc/UTC", "GMT"]) assert.strictEqual(timeZone(name), utc)
    for (const name of ["", "Mars/Olympus", "EDTX"]) assert.isUndefined(timeZone(name))
  })
})

describe("a host's zone", () => {
  const berlin = timeZone("Europe/Berlin") ?? utc
  const zoneOf = (hostname: string | undefined) => hostname === "de1" ? berlin : utc
  const said = (result: object) => [Reflect.get(result, "timestamp"), Reflect.get(result, "decode")]
  const syslog = (line: string) => said(decodeSyslog(line, contextOf({ source: "syslog", zoneOf })))
  const ten = "2026-08-22T10:00:00.000Z"

  it("is that of times without one", () => {
    assert.deepStrictEqual(syslog("<13>Aug 22 12:00:00 de1 app: m"), [ten, undefined])
    assert.deepStrictEqual(syslog("<13>Aug 22 10:00:00 us1 app: m"), [ten, undefined])
    assert.deepStrictEqual(syslog("<13>2026-08-22T12:00:00 de1 app: m"), [ten, undefined])
    assert.deepStrictEqual(syslog("<13>2026-08-22T10:00:00Z de1 app: m"), [ten, undefined])
    const record = { host: "de1", message: "m" }
    assert.deepStrictEqual(said(decodeRecord({ ...record, time: "2026-08-22 12:00:00" }, contextOf({ zoneOf }))), [
      ten,
      undefined
    ])
    assert.deepStrictEqual(said(decodeRecord({ ...record, time: "2026-08-22 10:00:00Z" }, contextOf({ zoneOf }))), [
      ten,
      undefined
    ])
  })

  it("explains a zone by a name that means nothing by itself", () => {
    assert.deepStrictEqual(syslog("<189>45: de1: Aug 22 12:00:00 MEZ: %SYS-5-X: m"), [ten, undefined])
    assert.deepStrictEqual(syslog("<189>45: us1: Aug 22 12:00:00 MEZ: %SYS-5-X: m"), ["2026-08-22T10:00:05.000Z", [
      "zone_unknown"
    ]])
  })
})

describe("a clock that is not set", () => {
  const read = (line: string) => {
    const result = decodeSyslog(line, contextOf({ source: "syslog", peer: "192.0.2.9" }))
    return [Reflect.get(result, "timestamp"), Reflect.get(result, "timestampText"), Reflect.get(result, "decode")]
  }
  const arrived = "2026-08-22T10:00:05.000Z"
  const unset = ["clock_not_set"]

  it("does not count, its text is kept", () => {
    assert.deepStrictEqual(read("<189>29: *Mar  1 00:00:27.823: %SYS-5-RESTART: m"), [
      arrived,
      "Mar  1 00:00:27.823",
      unset
    ])
    assert.deepStrictEqual(read("<13>2026-08-24T10:00:00Z h app: m"), [arrived, "2026-08-24T10:00:00Z", unset])
    assert.deepStrictEqual(read("<13>1 1999-12-31T00:00:00Z h app - - - m"), [arrived, "1999-12-31T00:00:00Z", unset])
    const record = decodeRecord({ host: "h", message: "m", time: "2027-01-01T00:00:00Z" }, contextOf())
    assert.deepStrictEqual(
      [Reflect.get(record, "timestamp"), Reflect.get(record, "timestampText"), Reflect.get(record, "decode")],
      [arrived, "2027-01-01T00:00:00Z", unset]
    )
  })

  it("counts when it is marked and near all the same", () =>
    assert.deepStrictEqual(read("<189>29: *Aug 22 10:00:00: %SYS-5-X: m"), [
      "2026-08-22T10:00:00.000Z",
      undefined,
      undefined
    ]))
})
