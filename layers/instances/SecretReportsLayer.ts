import { Effect, Layer, Metric, Option, Queue, Random, Schedule, Stream } from "effect"
import { Postgres } from "../postgres/Postgres.ts"
import { Redis } from "../redis/Redis.ts"
import { slotsOf } from "../secret/credentials.ts"
import type { Fingerprint } from "../secret/fingerprint.ts"
import { isCredential } from "../secret/names.ts"
import { Secrets } from "../secret/Secrets.ts"
import { supervised } from "../telemetry/supervised.ts"
import { Instances, type InstancesUnavailable } from "./Instances.ts"
import { type Connector, makeLoginCheck } from "./loginCheck.ts"
import { type SecretHolding, SecretInstances, secretTopic } from "./SecretInstances.ts"
import { SecretInstancesRedis } from "./SecretInstancesRedis.ts"

const failures = Metric.counter("mutt_secret_reports_failed_total", {
  description: "Reports of the secrets in use that Redis did not take; a rotation waits for them.",
  incremental: true
})

/** From one report to the next, at least, and at most when nothing happens. */
const [leastMs, mostMs] = [50, 1_000]

/** Reports which secrets this process holds, and does what a rotation asks of it. */
export const SecretReporting = Layer.effectDiscard(Effect.gen(function*() {
  const secrets = yield* Secrets
  const instances = yield* Instances
  const { arrivals, requests } = yield* SecretInstances
  const connectors = new Map<string, Connector>([["REDIS_PASS", yield* Redis]])
  // The ingestor and the forwarder have no PostgreSQL.
  const postgres = yield* Effect.serviceOption(Postgres)
  if (Option.isSome(postgres)) connectors.set("DB_PASS", postgres.value)

  const wake = yield* Queue.sliding<void>(1)
  const now = Effect.asVoid(Queue.offer(wake, undefined))
  const { proofs, prove } = makeLoginCheck(secrets, connectors)
  let [refresh, reached] = ["", true]

  const connections = Effect.map(
    Effect.forEach(
      connectors,
      ([name, connector]) => Effect.map(connector.connections, (counts) => [name, Object.fromEntries(counts)] as const)
    ),
    (all) => new Map(all)
  )

  const stateNow = Effect.fnUntraced(function*(fingerprint: Fingerprint) {
    const open = yield* connections
    const { credentials, stale } = yield* secrets.status
    const held = yield* Effect.forEach(Object.keys(credentials).filter(isCredential), (name) => secrets.get(name)).pipe(
      // It went between the two reads; the next report says so.
      Effect.catchTag("SecretMissing", () => Effect.succeed([]))
    )
    return {
      stale,
      holdings: Object.fromEntries(held.map((credential): [string, SecretHolding] => {
        const { generation, name } = credential
        const slots = slotsOf(credential, fingerprint)
        return [name, { generation, slots, connections: open.get(name), proof: proofs.get(name) }]
      }))
    }
  })

  const lost = (error: InstancesUnavailable) =>
    Effect.gen(function*() {
      yield* Metric.update(failures, 1)
      if (!reached) return
      reached = false
      yield* Effect.logWarning("The secrets in use cannot be reported; trying on.").pipe(
        Effect.annotateLogs({ detail: error.detail })
      )
    })

  const report = Effect.gen(function*() {
    const asked = yield* requests
    yield* instances.report(secretTopic, yield* stateNow(asked.fingerprint))
    if (!reached) yield* Effect.logInfo("The secrets in use are reported again.")
    reached = true
    if (asked.refresh !== refresh) yield* secrets.refresh
    refresh = asked.refresh
    yield* prove(asked, now)
  }).pipe(Effect.catch(lost))

  yield* Effect.gen(function*() {
    yield* report
    yield* Effect.sleep(leastMs)
    const pause = mostMs * (0.8 + 0.2 * (yield* Random.next)) - leastMs
    yield* Effect.timeoutOption(Queue.take(wake), pause)
  }).pipe(Effect.forever, supervised("secrets.report"))

  yield* Stream.runForEach(secrets.changes, () => now).pipe(supervised("secrets.report.changes"))
  yield* Stream.runForEach(arrivals, () => now).pipe(supervised("secrets.report.asks"))
  // Counted here, where it costs nothing, and reported when it changed.
  yield* Stream.fromEffectSchedule(connections, Schedule.spaced("200 millis")).pipe(
    Stream.map((open) => JSON.stringify([...open])),
    Stream.changes,
    Stream.runForEach(() => now),
    supervised("secrets.report.connections")
  )
}))

/** The same over Redis, as every program has it. */
export const SecretReportsLayer = SecretReporting.pipe(Layer.provide(SecretInstancesRedis))
