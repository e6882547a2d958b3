import { Effect, Layer, Schema } from "effect"
import { decodeReportLimits, type MisreadHost, Misreading } from "../../src/domain/DecodeReport.ts"
import { countsOf } from "../../src/logic/MisreadTally.ts"
import { DecodeReport, newestFirst } from "./DecodeReport.ts"
import { keepMs } from "./limits.ts"
import { redisQueue } from "./redisQueue.ts"
import { hash, int, list } from "./replies.ts"
import { addMisread, readMisread } from "./scripts.ts"

/** Hosts of one call, so that what is stored meanwhile waits for a millisecond or two. */
const most = 25

export const DecodeReportRedis = (queueName: string) =>
  Layer.effect(
    DecodeReport,
    Effect.gen(function*() {
      const { run } = yield* redisQueue(queueName)

      const add = Effect.fnUntraced(function*(hosts: ReadonlyArray<MisreadHost>) {
        for (let from = 0; from < hosts.length; from += most) {
          const some = hosts.slice(from, from + most)
          const call = addMisread.call({ hosts: some.length, more: from + most < hosts.length })
          for (const host of some) {
            call.add("host", {
              hostname: host.hostname,
              last: host.lastAt,
              first: host.firstAt,
              counts: countsOf(host).map(([what, count]) => `${what}=${count}`).join(","),
              detail: JSON.stringify({ peer: host.peer, sample: host.sample })
            })
          }
          yield* run(call)
        }
      })

      return DecodeReport.of({
        add,
        hosts: Effect.map(run(readMisread.call({})), (reply) => {
          const [now, fields] = list(reply)
          return [...hash(fields)].flatMap(([hostname, value]) => hostOf(hostname, value, int(now)))
            .sort(newestFirst).slice(0, decodeReportLimits.hosts)
        })
      })
    })
  )

/** What only the newest record says. */
const Detail = Schema.fromJsonString(
  Schema.Struct({ peer: Schema.optionalKey(Schema.String), sample: Schema.String })
)
const readDetail = Schema.decodeUnknownSync(Detail)

const isMisreading = Schema.is(Misreading)

/** A word that another version counts by is left out. */
const hostOf = (hostname: string, value: string, now: number): ReadonlyArray<MisreadHost> => {
  const [, last = "", first = "", told = "", detail = ""] = /^(\d+) (\d+) (\S+) ([^]*)$/.exec(value) ?? []
  const lastAt = Number(last)
  if (last === "" || lastAt <= now - keepMs) return []
  const counts: Partial<Record<Misreading, number>> = {}
  for (const part of told.split(",")) {
    const [what = "", count = ""] = part.split("=")
    if (isMisreading(what)) counts[what] = Number(count)
  }
  const { peer, sample } = readDetail(detail)
  return [{ hostname, peer, counts, firstAt: Number(first), lastAt, sample }]
}
