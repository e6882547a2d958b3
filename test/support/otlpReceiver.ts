import { Effect, Queue, Schema, type Scope } from "effect"
import { createServer, type ServerResponse } from "node:http"
import { listening } from "./listening.ts"

const Value = Schema.Union([
  Schema.Struct({ stringValue: Schema.String }),
  Schema.Struct({ boolValue: Schema.Boolean }),
  Schema.Struct({ intValue: Schema.Union([Schema.String, Schema.Int]) }),
  Schema.Struct({ doubleValue: Schema.Finite })
])
const Attributes = Schema.Array(Schema.Struct({ key: Schema.String, value: Value }))
const Hex = (digits: number) => Schema.String.check(Schema.isPattern(new RegExp(`^[0-9a-f]{${digits}}$`)))
const Nanos = Schema.String.check(Schema.isPattern(/^\d{1,20}$/))
const Resource = Schema.Struct({ attributes: Attributes })
const Scoped = Schema.Struct({ name: Schema.String })

const WireSpan = Schema.Struct({
  traceId: Hex(32),
  spanId: Hex(16),
  parentSpanId: Schema.optionalKey(Hex(16)),
  flags: Schema.Int,
  name: Schema.String,
  kind: Schema.Literals([1, 2, 3, 4, 5]),
  startTimeUnixNano: Nanos,
  endTimeUnixNano: Nanos,
  attributes: Attributes,
  links: Schema.Array(Schema.Struct({ traceId: Hex(32), spanId: Hex(16) })),
  status: Schema.Struct({ code: Schema.optionalKey(Schema.Int), message: Schema.optionalKey(Schema.String) })
})
/** `ExportTraceServiceRequest` in the JSON of OTLP 1. */
const Traces = Schema.Struct({
  resourceSpans: Schema.Array(Schema.Struct({
    resource: Resource,
    scopeSpans: Schema.Array(
      Schema.Struct({ scope: Scoped, spans: Schema.Array(WireSpan) })
    )
  }))
})
const WireLog = Schema.Struct({
  timeUnixNano: Nanos,
  observedTimeUnixNano: Nanos,
  severityNumber: Schema.Int,
  severityText: Schema.String,
  body: Schema.Struct({ stringValue: Schema.String }),
  attributes: Attributes,
  traceId: Schema.optionalKey(Hex(32)),
  spanId: Schema.optionalKey(Hex(16))
})
/** `ExportLogsServiceRequest`. */
const Logs = Schema.Struct({
  resourceLogs: Schema.Array(
    Schema.Struct({
      resource: Resource,
      scopeLogs: Schema.Array(Schema.Struct({ scope: Scoped, logRecords: Schema.Array(WireLog) }))
    })
  )
})

const kinds = ["", "internal", "server", "client", "producer", "consumer"] as const
type Plain = Readonly<Record<string, unknown>>

export interface ReceivedSpan extends Omit<typeof WireSpan.Type, "attributes" | "kind"> {
  readonly kind: (typeof kinds)[number] | undefined
  readonly attributes: Plain
  readonly resource: Plain
}
export interface ReceivedLog extends Omit<typeof WireLog.Type, "attributes"> {
  readonly attributes: Plain
  readonly resource: Plain
}

export interface OtlpReceiver {
  readonly url: string
  readonly port: number
  readonly spans: Array<ReceivedSpan>
  readonly logs: Array<ReceivedLog>
  /** Everything that came, as it came. */
  readonly bodies: Array<string>
  /** Headers of each request. */
  readonly headers: Array<Plain>
  /** What the protocol does not allow. */
  readonly faults: Array<string>
  /** One for each request that came whole, with its path. */
  readonly requests: Queue.Queue<string>
  /** Answers each request; its batch is kept where this says 2xx. Given by a test. */
  answer: (response: ServerResponse) => number | undefined
}

const plain = (attributes: typeof Attributes.Type): Plain =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))

/** A collector on a free port that takes OTLP over HTTP in JSON, strictly. Without an `answer` of a test it takes all. */
export const otlpReceiver = (port?: number): Effect.Effect<OtlpReceiver, never, Scope.Scope> =>
  Effect.gen(function*() {
    const requests = yield* Queue.unbounded<string>()
    const into: Pick<OtlpReceiver, "spans" | "logs" | "bodies" | "headers" | "faults"> = {
      spans: [],
      logs: [],
      bodies: [],
      headers: [],
      faults: []
    }
    const keep = (path: string, text: string) => {
      if (path.endsWith("/v1/traces")) {
        for (const { resource, scopeSpans } of decodeTraces(text).resourceSpans) {
          for (const span of scopeSpans.flatMap(({ spans }) => spans)) {
            const attributes = plain(span.attributes)
            into.spans.push({ ...span, kind: kinds[span.kind], attributes, resource: plain(resource.attributes) })
          }
        }
      } else if (path.endsWith("/v1/logs")) {
        for (const { resource, scopeLogs } of decodeLogs(text).resourceLogs) {
          for (const log of scopeLogs.flatMap(({ logRecords }) => logRecords)) {
            into.logs.push({ ...log, attributes: plain(log.attributes), resource: plain(resource.attributes) })
          }
        }
      }
    }
    const server = createServer((message, response) => {
      let text = ""
      message.setEncoding("utf8").on("data", (chunk: string) => void (text += chunk)).on("end", () => {
        into.headers.push(message.headers)
        into.bodies.push(text)
        const status = receiver.answer(response)
        try {
          if (message.headers["content-type"] !== "application/json") throw new Error("content-type")
          if (status !== undefined && status < 300) keep(message.url ?? "", text)
        } catch (fault) {
          into.faults.push(String(fault))
        }
        if (status !== undefined && !response.headersSent) response.writeHead(status, { "content-type": json })
        if (status !== undefined && !response.writableEnded) response.end("{}")
        Queue.offerUnsafe(requests, message.url ?? "")
      })
    })
    yield* Effect.addFinalizer(() => Effect.sync(() => server.closeAllConnections()))
    const own = yield* listening(server, port)
    const receiver: OtlpReceiver = { ...into, url: `http://127.0.0.1:${own}`, port: own, requests, answer: () => 200 }
    return receiver
  })

const json = "application/json"
const strictly = { onExcessProperty: "error" } as const
const decodeTraces = Schema.decodeUnknownSync(Schema.fromJsonString(Traces), strictly)
const decodeLogs = Schema.decodeUnknownSync(Schema.fromJsonString(Logs), strictly)
