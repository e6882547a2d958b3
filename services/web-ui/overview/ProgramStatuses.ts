import { Context, Effect, Layer, Schema } from "effect"
import { HttpClient, HttpClientResponse } from "effect/http"
import { Instances } from "../../../layers/instances/Instances.ts"
import { type ProcessInstance, processTopic } from "../../../layers/instances/processTopic.ts"
import { ProgramStatus } from "../../../src/api/web-ui/Overview.ts"
import type { ProgramAddress } from "../WebUiSettings.ts"
import { WebUiSettings } from "../WebUiSettings.ts"

/** How long ago a process that runs may have reported, which it does every 5 seconds. */
const silentMs = 16_000

/** How each process is, by `/readyz` at its address, or by what it reports where no addresses are set. */
export class ProgramStatuses extends Context.Service<ProgramStatuses, {
  /** Takes two seconds at most; a program that does not answer, or is silent, is `unreachable`. */
  readonly status: Effect.Effect<ReadonlyArray<ProgramStatus>>
  /** The same of those that `MUTT_PROGRAMS` names. */
  readonly addressed: Effect.Effect<ReadonlyArray<ProgramStatus>>
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
      const addressed = Effect.forEach(programs ?? [], ask, { concurrency: "unbounded" })
      if (programs !== undefined) return { addressed, status: addressed }

      const { list } = yield* Instances
      let newest: ReadonlyArray<ProgramStatus> = []
      const reported = list(processTopic).pipe(
        Effect.timeout("2 seconds"),
        Effect.map(({ instances, now }) => {
          newest = instances.map((process) => statusOf(process, now))
          return newest
        }),
        // Whoever was there a moment ago is there still, for all that anybody knows.
        Effect.catch((error) =>
          Effect.as(
            Effect.logWarning("The reports of the processes cannot be read.").pipe(
              Effect.annotateLogs({ error: error._tag })
            ),
            newest.map(unreachable)
          )
        )
      )
      return { addressed, status: reported }
    })
  )
}

const unreachable = ({ instance, program, url, version }: ProgramStatus): ProgramStatus => ({
  program,
  url,
  state: "unreachable",
  version,
  instance,
  checks: {}
})

const statusOf = (
  { checks, instance, program, seen, state, url = "", version }: ProcessInstance,
  now: number
): ProgramStatus => {
  const status = { program, url, state, version, instance, checks }
  return now - seen > silentMs ? unreachable(status) : status
}

const Readiness = Schema.Struct({
  status: Schema.Literals(["ready", "not_ready", "draining"]),
  version: Schema.String,
  instance: Schema.String,
  checks: ProgramStatus.fields.checks
})
