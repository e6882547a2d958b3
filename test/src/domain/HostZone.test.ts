import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { hostZonesFrom, withHostZone } from "../../../src/domain/HostZone.ts"
import { isTimeZoneName } from "../../../src/domain/TimeZoneName.ts"

const entries = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ hostname: `sw${n}`, time_zone: "Europe/Berlin" }))

describe("the table of host zones", () => {
  it("is empty when it is absent", () => {
    assert.deepStrictEqual(hostZonesFrom(undefined), Result.succeed([]))
  })

  it("holds at most 1,000 hosts, each with a zone that there is", () => {
    assert.isTrue(Result.isSuccess(hostZonesFrom(entries(1_000))))
    for (
      const bad of [
        entries(1_001),
        {},
        "UTC",
        [{ hostname: "sw1", time_zone: "Mars/Olympus" }],
        [{ hostname: "two words", time_zone: "UTC" }]
      ]
    ) assert.isTrue(Result.isFailure(hostZonesFrom(bad)))
  })

  it("has one zone for each name, in the order of names", () => {
    const one = withHostZone([], "sw2", "UTC")
    const two = withHostZone(one, "sw1", "Asia/Tokyo")
    assert.deepStrictEqual(two.map(({ hostname }) => hostname), ["sw1", "sw2"])
    assert.deepStrictEqual(withHostZone(two, "sw1", "UTC")[0], { hostname: "sw1", time_zone: "UTC" })
    assert.deepStrictEqual(withHostZone(two, "sw1", undefined), one)
  })
})

describe("the name of a time zone", () => {
  it("is one of the IANA database, in any case, and no offset", () => {
    for (const name of ["UTC", "Europe/Berlin", "europe/berlin", "Etc/GMT-8"]) assert.isTrue(isTimeZoneName(name), name)
    for (const name of ["", "Berlin", "+02:00", "Mars/Olympus", "Europe/Berlin ", "../etc"]) {
      assert.isFalse(isTimeZoneName(name), name)
    }
  })
})
