import { Effect, Schema } from "effect"
import { createSocket } from "node:dgram"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { parseSeverity } from "../../src/domain/Severity.ts"
import { repository } from "./Paths.ts"

const SyslogEvents = Schema.Array(Schema.Struct({
  hostname: Schema.String,
  timestamp: Schema.String,
  message: Schema.String,
  syslog_severity: Schema.String,
  source_type: Schema.String
}))

const Traps = Schema.Array(Schema.Record(Schema.String, Schema.Json))

class SampleRefused extends Schema.TaggedError<SampleRefused>()("SampleRefused", {
  status: Schema.Int,
  body: Schema.String
}) {
  override get message() {
    return `The ingestor answered ${this.status} to the sample events: ${this.body}`
  }
}

const read = <A>(name: string, codec: Schema.Codec<A, unknown>) =>
  Schema.decodeUnknownSync(Schema.fromJsonString(codec))(
    readFileSync(join(repository, "scripts/sample", name), "utf8").replace(/^\uFEFF/, "")
  )

/** One in eleven takes the syslog listener, the others HTTP. */
const overSyslog = (_: unknown, index: number) => index % 11 === 0

/** A syslog line as RFC 5424 has it, of facility local0. */
const line = (event: (typeof SyslogEvents.Type)[number], now: string) =>
  `<${
    16 * 8 + (parseSeverity(event.syslog_severity) ?? 6)
  }>1 ${now} ${event.hostname} - - ${event.source_type} - ${event.message}`

const postLines = (url: string, key: string, records: ReadonlyArray<unknown>) =>
  Effect.promise(() =>
    fetch(`${url}/api/v2/ingest`, {
      method: "POST",
      headers: { "x-api-key": key, "content-type": "application/x-ndjson" },
      body: records.map((record) => JSON.stringify(record)).join("\n")
    })
  ).pipe(
    Effect.flatMap((response) =>
      Effect.promise(() => response.text()).pipe(
        Effect.flatMap((body) =>
          response.status === 200 ? Effect.void : Effect.fail(new SampleRefused({ status: response.status, body }))
        )
      )
    )
  )

const sendDatagrams = (port: number, lines: ReadonlyArray<string>): Effect.Effect<void> =>
  Effect.promise(async () => {
    const socket = createSocket("udp4")
    for (const text of lines) {
      await new Promise<void>((resolve) => socket.send(text, port, "127.0.0.1", () => resolve()))
    }
    socket.close()
  })

/** Sends the shipped events as if they happened now, and says how many they were. */
export const feedSampleEvents = (target: { readonly url: string; readonly key: string; readonly syslogUdp: number }) =>
  Effect.gen(function*() {
    const now = new Date().toISOString()
    const events = read("demo_syslog_events.json", SyslogEvents)
    const traps = read("demo_snmp_traps.json", Traps)
    const records = events.filter((event, index) => !overSyslog(event, index))
    yield* postLines(target.url, target.key, records.map((record) => Object.assign({}, record, { timestamp: now })))
    yield* postLines(target.url, target.key, traps.map((trap) => Object.assign({}, trap, { timestamp: now })))
    yield* sendDatagrams(target.syslogUdp, events.filter(overSyslog).map((event) => line(event, now)))
    return events.length + traps.length
  })
