import { Clock, Effect, Layer } from "effect"
import { DecodeReport, newestFirst } from "../../../layers/queue/DecodeReport.ts"
import { keepMs } from "../../../layers/queue/limits.ts"
import { decodeReportLimits, type MisreadHost } from "../../../src/domain/DecodeReport.ts"
import { mergeMisread } from "../../../src/logic/MisreadTally.ts"

/** Keeps everything, forgets everything at exit. */
export const DecodeReportMemory = Layer.sync(DecodeReport, () => {
  let kept: ReadonlyArray<MisreadHost> = []

  const recent = Effect.map(Clock.currentTimeMillis, (now) => kept.filter(({ lastAt }) => lastAt > now - keepMs))

  const add = Effect.fnUntraced(function*(hosts: ReadonlyArray<MisreadHost>) {
    const now = yield* Clock.currentTimeMillis
    const known = new Map((yield* recent).map((host) => [host.hostname, host]))
    for (const host of hosts) {
      // A clock that is ahead must not keep its hosts at the top.
      const more = { ...host, firstAt: Math.min(now, host.firstAt), lastAt: Math.min(now, host.lastAt) }
      const before = known.get(host.hostname)
      known.set(host.hostname, before === undefined ? more : mergeMisread(before, more))
    }
    kept = [...known.values()].sort(newestFirst).slice(0, decodeReportLimits.hosts)
  })

  return DecodeReport.of({ add, hosts: recent })
})
