import { Effect, Schema } from "effect"
import { InstanceItem } from "../../../src/api/web-ui/Settings.ts"
import { request } from "../../../test/support/request.ts"
import { controller } from "../rotation/Controller.ts"
import { closed } from "../rotation/controllerRotations.ts"
import type { Harness } from "../rotation/Harness.ts"
import type { Journal } from "../rotation/Journal.ts"
import { passwordNames, secretFile } from "../rotation/SecretFile.ts"

const patienceMs = 15_000

const decodeChanged = Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.Struct({ version: Schema.Int })))
const decodeInstances = Schema.decodeUnknownEffect(
  Schema.fromJsonString(Schema.Struct({ instances: Schema.Array(InstanceItem) }))
)

/** Changes a setting at one web-ui program, and waits until every process runs it; what is wrong with that. */
export const settingWorks = Effect.fnUntraced(function*(harness: Harness, turn: number) {
  const web = harness.replicas["web-ui"][turn % 2]
  if (web === undefined) return ["there is no web-ui program"]
  const headers = { "x-api-key": harness.adminKey, "content-type": "application/json" }
  const body = JSON.stringify({ value: 50 + turn % 50, reason: "a proof" })
  const answer = yield* request(`${web.url}/api/v1/config/unhandled_threshold`, { method: "PUT", headers, body })
  const said = yield* Effect.promise(() => answer.text())
  if (!answer.ok) return [`a setting changed at ${web.instance} was answered ${answer.status} ${said}`]
  const { version } = yield* decodeChanged(said)
  const missing = Effect.gen(function*() {
    const listed = yield* request(`${web.url}/api/v1/config/instances`, { headers })
    const { instances } = yield* Effect.flatMap(Effect.promise(() => listed.text()), decodeInstances)
    return harness.programs.filter(({ instance }) =>
      !instances.some((one) => one.instance === instance && one.ok && one.version >= version)
    )
  })
  let late = harness.programs
  yield* Effect.gen(function*() {
    while (true) {
      late = yield* missing
      if (late.length === 0) return
      yield* Effect.sleep("50 millis")
    }
  }).pipe(Effect.timeoutOrElse({ duration: patienceMs, orElse: () => Effect.void }))
  return late.map(({ instance }) => `${instance} does not run version ${version} of the settings`)
})

/** Rotates both passwords by one web-ui program; what is wrong with that. */
export const rotationWorks = Effect.fnUntraced(function*(harness: Harness, journal: Journal, turn: number) {
  const web = harness.replicas["web-ui"][turn % 2]
  if (web === undefined) return ["there is no web-ui program"]
  const store = secretFile(harness.secretsFile, { fallback: true })
  const { call } = controller(web, harness.adminKey)
  const problems: Array<string> = []
  for (const name of passwordNames) {
    const { current: old } = yield* store.slots(name)
    yield* call(name, "start", { auto: true })
    const done = yield* closed(journal, name, call(name, "resume"))
    const { current } = yield* store.slots(name)
    if (!done || current === old || (yield* harness.accounts.letsIn(name, old))) {
      problems.push(`${name} was not rotated by ${web.instance}: ${JSON.stringify(yield* journal.newest(name))}`)
    }
  }
  return problems
})
