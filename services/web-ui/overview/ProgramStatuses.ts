import { Context, Effect, Layer, Schema } from "effect"
import { HttpClient, HttpClientResponse } from "effect/http"
import { ProgramStatus } from "../../../src/api/web-ui/Overview.ts"
import type { ProgramAddress } from "../WebUiSettings.ts"
import { WebUiSettings } from "../WebUiSettings.ts"

/** Asks each program for its health at `/readyz`. */
export class ProgramStatuses extends Context.Service<ProgramStatuses, {
  /** Takes two seconds at most; a program that does not answer is `unreachable`. */
  readonly status: Effect.Effect<ReadonlyArray<ProgramStatus>>
}>()("mutt/services/web-ui/overview/ProgramStatuses") {
  static readonly layer = Layer.effect(
    ProgramStatuses,
    Effect.gen(function*() {
      const { programs } = yield* WebUiSettings
      const client = yield* HttpClient.HttpClient

      const ask = ({ program, url }: ProgramAddress) =>
        client.get(`${url}/readyz`).pipe(
          Effect.flatMap(HttpClientResponse.schemaBodyJson(Readiness)),
          Effect.timeout("2 seconds"),
          Effect.map(({ checks, instance, status, version }): ProgramStatus => ({
            program,
            url,
            state: status,
            version,
            instance,
            checks
          })),
          Effect.catch((error) =>
            Effect.as(
              Effect.logDebug("A program did not say how it is.").pipe(
                Effect.annotateLogs({ program, url, error: error._tag })
              ),
              { program, url, state: "unreachable" as const, version: null, instance: null, checks: {} }
            )
          )
        )
      return { status: Effect.forEach(programs, ask, { concurrency: "unbounded" }) }
    })
  )
}

const Readiness = Schema.Struct({
  status: Schema.Literals(["ready", "not_ready", "draining"]),
  version: Schema.String,
  instance: Schema.String,
  checks: ProgramStatus.fields.checks
})
