import { assert, layer } from "@effect/vitest"
import { Clock, Effect, type Layer } from "effect"
import { TestClock } from "effect/testing"
import { DecodeReport } from "../../../layers/queue/DecodeReport.ts"
import { decodeReportLimits, type MisreadHost } from "../../../src/domain/DecodeReport.ts"
import { promising, type QueueWorld } from "./harness.ts"

const day = 86_400_000

const host = (hostname: string, at: number, over: Partial<MisreadHost> = {}): MisreadHost => ({
  hostname,
  peer: "192.0.2.1",
  counts: { uptime: 1 },
  firstAt: at,
  lastAt: at,
  sample: `<13>${hostname}`,
  ...over
})

const hostnames = Effect.gen(function*() {
  const hosts = yield* (yield* DecodeReport).hosts
  return hosts.map(({ hostname }) => hostname)
})

/** What any report of misread hosts promises. */
export const decodeReportSuite = <E>(name: string, world: Layer.Layer<QueueWorld, E>) => {
  layer(world, { excludeTestServices: true, timeout: 60_000 })(`the decode report in ${name}`, (it) => {
    const promise = promising(it)

    promise("begins empty, and takes nothing well", () =>
      Effect.gen(function*() {
        const report = yield* DecodeReport
        yield* report.add([])
        assert.deepStrictEqual(yield* report.hosts, [])
      }))

    promise(
      "adds up what several ingestors saw of a host, and keeps the newest of its texts",
      () =>
        Effect.gen(function*() {
          const report = yield* DecodeReport
          const now = yield* Clock.currentTimeMillis
          const odd = "line\none\ttwo \"three\" 100% \u00fc\u{1f600} \\ \u0000"
          yield* report.add([host("sw1", now - 50, { counts: { uptime: 2, time_unread: 1 }, firstAt: now - 90 })])
          yield* report.add([host("sw1", now - 10, { peer: "2001:db8::1", counts: { uptime: 3 }, sample: odd })])
          yield* report.add([host("sw1", now - 30, { counts: { not_syslog: 4 }, firstAt: now - 40 })])
          assert.deepStrictEqual(yield* report.hosts, [{
            hostname: "sw1",
            peer: "2001:db8::1",
            counts: { uptime: 5, time_unread: 1, not_syslog: 4 },
            firstAt: now - 90,
            lastAt: now - 10,
            sample: odd
          }])
        })
    )

    promise("keeps a host whose address nobody knows", () =>
      Effect.gen(function*() {
        const report = yield* DecodeReport
        const one = host("shipper", yield* Clock.currentTimeMillis, { peer: undefined })
        yield* report.add([one])
        assert.deepStrictEqual(yield* report.hosts, [one])
      }))

    promise("lists the host heard of last first, and those of one moment by name", () =>
      Effect.gen(function*() {
        const report = yield* DecodeReport
        const now = yield* Clock.currentTimeMillis
        yield* report.add([host("b", now - 5), host("old", now - 9), host("a", now - 5), host("new", now - 1)])
        assert.deepStrictEqual(yield* hostnames, ["new", "a", "b", "old"])
        yield* report.add([host("old", now)])
        assert.deepStrictEqual(yield* hostnames, ["old", "new", "a", "b"])
      }))

    promise("does not believe an ingestor whose clock is ahead", () =>
      Effect.gen(function*() {
        const report = yield* DecodeReport
        const now = yield* Clock.currentTimeMillis
        yield* report.add([host("ahead", now + day)])
        const [only] = yield* report.hosts
        assert.deepStrictEqual([only?.firstAt, only?.lastAt], [now, now])
      }))

    promise("keeps so many hosts as it may: those heard of longest ago make room", () =>
      Effect.gen(function*() {
        const report = yield* DecodeReport
        const now = yield* Clock.currentTimeMillis
        const { hosts: most } = decodeReportLimits
        yield* report.add(Array.from({ length: most }, (_, index) => host(`h${index}`, now - most + index)))
        assert.lengthOf(yield* hostnames, most)
        yield* report.add([host("h0", now), host("one", now), host("two", now), host("too-old", now - 2 * most)])
        const kept = yield* hostnames
        assert.lengthOf(kept, most)
        assert.deepStrictEqual(kept.slice(0, 3), ["h0", "one", "two"])
        assert.strictEqual(kept.at(-1), "h3")
      }))

    promise(
      "forgets a host seven days after its newest record, and begins anew when it is heard again",
      () =>
        Effect.gen(function*() {
          const report = yield* DecodeReport
          const start = yield* Clock.currentTimeMillis
          yield* report.add([host("quiet", start, { counts: { uptime: 9 } }), host("busy", start)])
          yield* TestClock.adjust(4 * day)
          yield* report.add([host("busy", start + 4 * day)])
          yield* TestClock.adjust(3 * day - 1)
          assert.deepStrictEqual(yield* hostnames, ["busy", "quiet"])
          yield* TestClock.adjust(1)
          assert.deepStrictEqual(yield* hostnames, ["busy"])
          yield* report.add([host("quiet", start + 7 * day)])
          const [quiet, busy] = yield* report.hosts
          assert.deepStrictEqual([quiet?.counts, quiet?.firstAt], [{ uptime: 1 }, start + 7 * day])
          assert.deepStrictEqual([busy?.counts, busy?.firstAt], [{ uptime: 2 }, start])
        })
    )
  })
}
