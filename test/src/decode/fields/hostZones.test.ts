import { assert, describe, it } from "@effect/vitest"
import { zonesByHost } from "../../../../src/decode/fields/hostZones.ts"
import { decodeSyslog } from "../../../../src/decode/formats/syslog.ts"
import { contextOf } from "../contextOf.ts"

const noon = Date.UTC(2026, 7, 22, 12)
const hourOf = (zoneOf: ReturnType<typeof zonesByHost>, hostname: string | undefined) =>
  new Date(zoneOf(hostname).instantOf(noon, noon)).getUTCHours()

describe("the zones of hosts", () => {
  const zoneOf = zonesByHost([
    { hostname: "*", time_zone: "America/New_York" },
    { hostname: "ber-*", time_zone: "Europe/Berlin" },
    { hostname: "ber-lab-*", time_zone: "UTC" },
    { hostname: "ber-lab-tokyo", time_zone: "Asia/Tokyo" }
  ], "Asia/Kolkata")

  it("are those of the host itself, then of the most specific glob", () => {
    assert.strictEqual(hourOf(zoneOf, "ber-lab-tokyo"), 3)
    assert.strictEqual(hourOf(zoneOf, "ber-lab-7"), 12)
    assert.strictEqual(hourOf(zoneOf, "ber-core"), 10)
    assert.strictEqual(hourOf(zoneOf, "BER-core"), 10)
    assert.strictEqual(hourOf(zoneOf, "nyc-core"), 16)
  })

  it("are the usual one for hosts that have none, and for a message without a host", () => {
    const usual = zonesByHost([{ hostname: "ber-*", time_zone: "Europe/Berlin" }], "Asia/Tokyo")
    assert.deepStrictEqual([hourOf(usual, "nyc-core"), hourOf(usual, undefined)], [3, 3])
    assert.strictEqual(hourOf(zonesByHost([], "UTC"), "nyc-core"), 12)
  })

  it("are shared by hosts of one name, however many entries there are", () => {
    const many = zonesByHost(
      Array.from({ length: 1_000 }, (_, n) => ({ hostname: `host-${n}-*`, time_zone: "Europe/Berlin" })),
      "UTC"
    )
    assert.strictEqual(many("host-1-a"), many("host-999-b"))
  })

  it("put an hour that comes twice where it is nearest to the arrival", () => {
    const berlin = zonesByHost([{ hostname: "ber-*", time_zone: "Europe/Berlin" }], "UTC")
    const timestampOf = (arrivedAt: string) => {
      const at = Date.parse(arrivedAt)
      const event = decodeSyslog(
        "<13>Oct 25 02:30:00 ber-1 app: text",
        contextOf({ at, receivedAt: arrivedAt, zoneOf: berlin })
      )
      return "timestamp" in event ? event.timestamp : event.detail
    }
    assert.strictEqual(timestampOf("2026-10-25T00:30:10.000Z"), "2026-10-25T00:30:00.000Z")
    assert.strictEqual(timestampOf("2026-10-25T01:30:10.000Z"), "2026-10-25T01:30:00.000Z")
  })
})
