import { assert, it } from "@effect/vitest"
import { Effect, Layer, Queue } from "effect"
import { createSocket } from "node:dgram"
import { connect } from "node:net"
import { DecodeReporterLayer } from "../../../services/ingestor/DecodeReporter.ts"
import { makeReceiveContexts } from "../../../services/ingestor/decoding.ts"
import { IngestBatcherLayer } from "../../../services/ingestor/IngestBatcher.ts"
import { decodeBody } from "../../../src/decode/formats/body.ts"
import { makeDynamicConfigMemory } from "../../layers/config/DynamicConfigMemory.ts"
import { DecodeReportMemory } from "../../layers/queue/DecodeReportMemory.ts"
import { CommandedQueue, EventQueueCommanded } from "./harness.ts"
import { host, tcp, udp } from "./listeners.ts"

/** A time without a zone as a device of today writes it: an hour ago, as a clock of UTC shows it. */
const shown = new Date(Date.now() - 3_600_000)
const text = shown.toISOString().slice(0, 19)
const line = (name: string) => `<13>${text.replace("T", " ")} ${name} app: text`
const instant = (offsetHours: number) => new Date(Date.parse(`${text}Z`) - offsetHours * 3_600_000).toISOString()

it.live("a running ingestor follows syslog_time_zone and the zones of hosts, over UDP, TCP and HTTP", () =>
  Effect.gen(function*() {
    const { layer, set, setHostZones } = yield* makeDynamicConfigMemory()
    yield* Effect.gen(function*() {
      const { stored } = yield* CommandedQueue
      const udpPort = yield* udp()
      const tcpPort = yield* tcp()
      const datagrams = yield* Effect.acquireRelease(
        Effect.sync(() => createSocket("udp4")),
        (socket) => Effect.sync(() => void socket.close())
      )
      const connection = yield* Effect.acquireRelease(
        Effect.sync(() => connect({ host, port: tcpPort })),
        (socket) => Effect.sync(() => socket.destroy())
      )
      const contexts = yield* makeReceiveContexts
      const overHttp = (body: string) =>
        decodeBody(body, { "content-type": "application/json" }, contexts({ sender: "key", source: "http" }), 10)
          .events[0]?.timestamp
      /** What each way in makes of the time, for a host of a zone of its own and another. */
      const times = Effect.gen(function*() {
        const found: Array<string | undefined> = []
        for (const name of ["tok-1", "other"]) {
          datagrams.send(line(name), udpPort, host)
          found.push((yield* Queue.take(stored)).timestamp)
          connection.write(`${line(name)}\n`)
          found.push((yield* Queue.take(stored)).timestamp)
          found.push(overHttp(JSON.stringify({ hostname: name, timestamp: text.replace("T", " "), message: "m" })))
        }
        return found
      })
      const all = (first: number, second: number) => [first, first, first, second, second, second].map(instant)

      assert.deepStrictEqual(yield* times, all(0, 0))
      yield* setHostZones([{ hostname: "tok-*", time_zone: "Asia/Tokyo" }])
      assert.deepStrictEqual(yield* times, all(9, 0))
      yield* set({ syslog_time_zone: "Asia/Kolkata" })
      assert.deepStrictEqual(yield* times, all(9, 5.5))
      yield* setHostZones([])
      assert.deepStrictEqual(yield* times, all(5.5, 5.5))
    }).pipe(
      Effect.scoped,
      Effect.provide(
        Layer.merge(IngestBatcherLayer, DecodeReporterLayer.pipe(Layer.provide(DecodeReportMemory))).pipe(
          Layer.provide(EventQueueCommanded),
          Layer.provideMerge(CommandedQueue.layer),
          Layer.provideMerge(layer)
        )
      )
    )
  }))
