import { Duration, Effect, Option, Ref, Schema } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { FetchHttpClient, HttpClient, HttpClientResponse } from "effect/http"
import { CheckState, ProcessState } from "../../src/domain/ProcessReport.ts"
import { CommandFailed, connection, trust } from "./api.ts"
import { answer } from "./output.ts"
import { certificateProblem } from "./trustAuthority.ts"

const Readiness = Schema.Struct({
  status: ProcessState,
  service: Schema.String,
  version: Schema.String,
  instance: Schema.String,
  checks: Schema.Record(Schema.String, CheckState)
})
type Readiness = typeof Readiness.Type

const everyMs = 250
const answerMs = 5_000

/** Why a program is not ready, a line for each check that is down. */
const reasonsOf = ({ checks, instance, status }: Readiness): ReadonlyArray<string> => {
  const down = Object.entries(checks).filter(([, { required, state }]) => required && state === "down")
  return [
    `${instance} says ${status}`,
    ...down.map(([name, { detail }]) => `  ${name}: ${detail ?? "down"}`)
  ]
}

const silence = (error: unknown): ReadonlyArray<string> => {
  const problem = certificateProblem(error)
  return [problem === undefined ? "it does not answer" : `its certificate is not taken (${problem}): give --ca`]
}

/** Asks once; `undefined` when it is ready. */
const ask = (client: HttpClient.HttpClient, url: string) =>
  client.get(url).pipe(
    Effect.flatMap(HttpClientResponse.schemaBodyJson(Readiness)),
    Effect.timeout(answerMs),
    Effect.map((readiness) => ({ readiness, reasons: readiness.status === "ready" ? [] : reasonsOf(readiness) })),
    Effect.catchTags({
      HttpClientError: (error) => Effect.succeed({ readiness: undefined, reasons: silence(error) }),
      TimeoutError: () => Effect.succeed({ readiness: undefined, reasons: ["it does not answer in time"] }),
      SchemaError: () => Effect.succeed({ readiness: undefined, reasons: ["what answers there is no program of MUTT"] })
    })
  )

/** `http://host:port` and `http://host:port/readyz` are the same. */
const readyUrl = (text: string): Option.Option<string> => {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol)) return Option.none()
  return Option.some(url.pathname.endsWith("/readyz") ? url.href : `${url.href.replace(/\/+$/, "")}/readyz`)
}

export const waitReady = Command.make(
  "wait-ready",
  {
    url: Argument.String("url").pipe(
      Argument.filterMap(readyUrl, () => "an http or https URL"),
      Argument.withDescription("Where a program answers, such as http://127.0.0.1:8080")
    ),
    timeout: Flag.Int("timeout").pipe(
      Flag.filter((seconds) => seconds >= 0 && seconds <= 86_400, () => "Expected 0 to 86400 seconds"),
      Flag.withDefault(60),
      Flag.withDescription("Seconds to wait; 0: look once (60)")
    ),
    ca: connection.ca,
    json: connection.json
  },
  Effect.fnUntraced(function*({ ca, json, timeout, url }) {
    yield* trust(ca)
    const client = yield* HttpClient.HttpClient
    const last = yield* Ref.make<ReadonlyArray<string>>(["it does not answer"])
    const once = Effect.tap(ask(client, url), ({ reasons }) => Ref.set(last, reasons))
    const until = Effect.gen(function*() {
      for (;;) {
        const { readiness, reasons } = yield* once
        if (readiness !== undefined && reasons.length === 0) return readiness
        if (timeout === 0) return undefined
        yield* Effect.sleep(everyMs)
      }
    })
    const limit = timeout === 0 ? answerMs + 1_000 : Duration.toMillis(Duration.seconds(timeout))
    const ready = yield* Effect.timeoutOrElse(until, { duration: limit, orElse: () => Effect.succeed(undefined) })
    if (ready !== undefined) {
      return yield* answer(json, ready, `${ready.instance} (${ready.service} ${ready.version}) is ready.`)
    }
    const [first = "", ...more] = yield* Ref.get(last)
    const waited = timeout === 0 ? "is not ready" : `was not ready within ${timeout} s`
    return yield* new CommandFailed({ message: `${url} ${waited}: ${first}`, more })
  }, Effect.provide(FetchHttpClient.layer))
).pipe(Command.withDescription("Wait until a program is ready; says why it is not when the time is over"))
