import { Context, Duration, Effect, Layer, Schedule } from "effect"
import { DecodeReport } from "../../layers/queue/DecodeReport.ts"
import { droppedAt } from "../../layers/telemetry/dropped.ts"
import { decodeReportLimits, type Misread, type MisreadHost } from "../../src/domain/DecodeReport.ts"
import { MisreadTally } from "../../src/logic/MisreadTally.ts"
import { sampleOf } from "../../src/logic/sample.ts"

/** Reports which hosts are misread, to the report that all ingestors share. Plain functions that never wait. */
export class DecodeReporter extends Context.Service<DecodeReporter, {
  readonly note: (misread: Misread) => void
  readonly add: (hosts: ReadonlyArray<MisreadHost>) => void
}>()("mutt/services/ingestor/DecodeReporter") {}

const flushEvery = Duration.seconds(5)
/** How long the end of the program waits for the last flush. */
const lastFlush = Duration.seconds(2)

/** Adds up in memory and writes to Redis now and then. What Redis does not take is missing in the report. */
export const DecodeReporterLayer = Layer.effect(
  DecodeReporter,
  Effect.gen(function*() {
    const report = yield* DecodeReport
    const tally = new MisreadTally()

    const flush = Effect.suspend(() => {
      const hosts = tally.take()
      return hosts.length === 0 ? Effect.void : report.add(hosts).pipe(
        droppedAt("decode-report", "The report of misread hosts was not taken by Redis; some messages are not in it."),
        Effect.annotateLogs({ hosts: hosts.length })
      )
    })

    yield* Effect.addFinalizer(() => Effect.timeoutOption(flush, lastFlush))
    yield* flush.pipe(Effect.schedule(Schedule.spaced(flushEvery)), Effect.forkScoped)
    return DecodeReporter.of({
      note: (misread) => {
        const { raw } = misread
        tally.note(raw.length > decodeReportLimits.sample ? { ...misread, raw: sampleOf(raw) } : misread)
      },
      add: (hosts) => {
        for (const host of hosts) tally.add(host)
      }
    })
  })
)
