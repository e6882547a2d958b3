import { Effect, Schema } from "effect"
import { BooksView } from "../../../src/api/web-ui/Overview.ts"
import { postgresAdmin } from "../../../test/layers/connections.ts"
import { fourPrograms } from "../../../test/support/fourPrograms.ts"
import { request } from "../../../test/support/request.ts"
import { secret } from "../../../test/support/servers.ts"
import { cpuSeconds, peakMemoryMb } from "../../bench/usage.ts"
import { configure, storeRules } from "../conservation/setUp.ts"

const decodeBooks = Schema.decodeUnknownSync(Schema.fromJsonString(BooksView))

/** Whom it tells of itself, and of which part of the arrivals. */
export interface Telling {
  readonly url: string
  readonly ratio: number
}

/** The programs whose memory and time are compared. */
export const measured = ["ingestor", "alerter"] as const
type Measured = (typeof measured)[number]

/** Kept and told to nobody, so that the alerter is what the load asks most of. */
const kept = "%SYS-5-CONFIG_I"
const forwarded = "LINK-DOWN"

/** A stack of its own servers, with what nobody may be told. */
export const makeTelemetryStack = (telling?: Telling) =>
  Effect.gen(function*() {
    const { keys, postgres, programs, redis, secrets } = yield* fourPrograms({
      database: storeRules([
        { type: "contains", match: kept, handling: "Suppress" },
        { type: "contains", match: forwarded, handling: "Page_and_ticket" }
      ]),
      settings: telling === undefined ? {} : {
        MUTT_OTEL_MODE: "traces",
        OTEL_EXPORTER_OTLP_ENDPOINT: telling.url,
        OTEL_TRACES_SAMPLER_ARG: String(telling.ratio)
      }
    })
    // With the first change of any setting, the ratio of the settings counts.
    yield* configure(programs["web-ui"].url, keys.admin, {
      moog_rate_limit: 5_000,
      ...(telling === undefined ? {} : { trace_ratio: telling.ratio })
    })
    const sql = yield* postgresAdmin(postgres)
    const words = { message: `words-${secret()}`, field: `password-${secret()}` }
    let posted = 0

    const body = (message: string, count: number) => {
      const line = (number: number) =>
        JSON.stringify({ hostname: `device-${number % 200}`, message: `${message} ${number}`, password: words.field })
      return Array.from({ length: count }, (_, number) => line(number)).join("\n")
    }
    const bodies = {
      load: body(`${kept}: ${words.message}`, 500),
      alerts: body(`${forwarded}: ${words.message}`, 20)
    }
    /** Posts one request; gives the events that wait after it. */
    const post = Effect.fnUntraced(function*(what: keyof typeof bodies) {
      const answer = yield* Effect.promise(async () => {
        const answer = await fetch(`${programs.ingestor.url}/api/v2/ingest`, {
          method: "POST",
          headers: { "x-api-key": keys.ingest, "content-type": "application/x-ndjson" },
          body: bodies[what]
        })
        return { ok: answer.ok, text: await answer.text() }
      })
      posted++
      return answer.ok ? Number(/"queue_depth":(\d+)/.exec(answer.text)?.[1] ?? 0) : undefined
    })
    const books = request(`${programs["web-ui"].url}/api/v1/books`, { headers: { "x-api-key": keys.viewer } }).pipe(
      Effect.flatMap((answer) => Effect.promise(() => answer.text())),
      Effect.map(decodeBooks)
    )
    return {
      urls: Object.values(programs).map(({ url }) => url),
      /** What may be in no span, metric or exemplar. */
      untold: [
        ...Object.values(secrets).filter((value) => value !== postgres.user),
        keys.admin,
        words.message,
        words.field,
        decodeURIComponent(new URL(redis.adminUrl).password)
      ],
      post,
      requests: () => posted,
      books,
      /** Lets go of what was recorded, so that the disk holds a run of any length. */
      forget: Effect.andThen(sql.unsafe("TRUNCATE event_audit_log"), sql.unsafe("CHECKPOINT")),
      /** The most memory so far, and the time of processors. */
      usage: (program: Measured) => {
        const pid = programs[program].pid()
        return { peakMb: peakMemoryMb(pid), seconds: cpuSeconds(pid) }
      }
    }
  })

export type TelemetryStack = Effect.Success<ReturnType<typeof makeTelemetryStack>>
