import { Clock, Effect, Layer, Metric, Option, Queue, Ref, Schedule, Stream, SubscriptionRef } from "effect"
import type { CredentialVersion } from "../../src/domain/Credential.ts"
import { Environment } from "../environment/Environment.ts"
import { boundedLabel } from "../telemetry/boundedLabel.ts"
import { steadyMillis } from "../telemetry/steadyTime.ts"
import { supervised } from "../telemetry/supervised.ts"
import { advance, type SecretState, slotsOf, unread, versionsOf } from "./credentials.ts"
import { documentsOf } from "./documentsOf.ts"
import { makeFingerprint } from "./fingerprint.ts"
import { baseName, callerOf } from "./names.ts"
import { SecretMissing, Secrets } from "./Secrets.ts"
import { SecretStore } from "./SecretStore.ts"
import { sourcesOf } from "./validateSecrets.ts"

const refusals = Metric.counter("mutt_credential_refused_total", {
  description: "Logins a server refused, by secret and slot.",
  incremental: true
})

const unusable = Metric.counter("mutt_secrets_unusable_total", {
  description: "Values in the secret store that could not be used, by secret; what was read before stays in use.",
  incremental: true
})

/** At least, from one read of the store to the next. */
const pauseMs = 1_000

/** Follows a `SecretStore`. Builds also while the store is down: what needs a secret waits for it. */
export const SecretsFromStore = Layer.effect(
  Secrets,
  Effect.gen(function*() {
    const store = yield* SecretStore
    const fingerprint = makeFingerprint()
    const state = yield* SubscriptionRef.make(unread(yield* Clock.currentTimeMillis))
    /** Name → fingerprint of the value that worked last: it stays known when it moves from NEXT to CURRENT. */
    const workedLast = yield* Ref.make<ReadonlyMap<string, string>>(new Map())
    /** Refused values that were logged already. */
    const logged = new Set<string>()
    const readAt = yield* Ref.make(0)
    const named = boundedLabel()

    const read = Effect.gen(function*() {
      yield* Ref.set(readAt, yield* steadyMillis)
      const before = yield* SubscriptionRef.get(state)
      const result = yield* Effect.result(store.read)
      if (result._tag === "Failure") {
        yield* SubscriptionRef.set(state, { ...before, stale: true })
        if (before.stale && before.revision > 0) return
        return yield* Effect.logWarning("The secret store cannot be read; what was read before stays in use.").pipe(
          Effect.annotateLogs({ store: result.failure.store, detail: result.failure.detail })
        )
      }
      const after = advance(before, result.success, yield* Clock.currentTimeMillis)
      yield* SubscriptionRef.set(state, after)
      yield* logProblems(before, after)
      if (before.revision > 0) yield* logChanges(before, after)
    })

    const logProblems = (before: SecretState, after: SecretState) =>
      Effect.forEach(after.problems, ([secret, problem]) =>
        before.problems.get(secret) === problem
          ? Effect.void
          : Metric.update(Metric.withAttributes(unusable, { secret: named(secret) }), 1).pipe(
            Effect.andThen(Effect.logError("A secret cannot be used; what was read before stays in use.")),
            Effect.annotateLogs({ store: store.kind, secret, problem })
          ), { discard: true })

    const logChanges = (before: SecretState, after: SecretState) =>
      Effect.forEach(
        after.credentials.values(),
        (credential) =>
          before.credentials.get(credential.name)?.generation === credential.generation
            ? Effect.void
            : Effect.logInfo("A secret changed.").pipe(Effect.annotateLogs({
              secret: credential.name,
              generation: credential.generation,
              ...slotsOf(credential, fingerprint)
            })),
        { discard: true }
      )

    yield* read
    const wanted = yield* Queue.sliding<void>(1)
    const refresh = Effect.asVoid(Queue.offer(wanted, undefined))
    yield* Effect.gen(function*() {
      yield* Queue.take(wanted)
      yield* Effect.sleep(Math.max(0, (yield* Ref.get(readAt)) + pauseMs - (yield* steadyMillis)))
      yield* Queue.clear(wanted)
      yield* read
    }).pipe(Effect.forever, supervised("secrets.read"))
    yield* Effect.schedule(refresh, Schedule.spaced("5 seconds").pipe(Schedule.jittered)).pipe(
      supervised("secrets.poll")
    )
    yield* Stream.runForEach(store.changes, () => refresh).pipe(supervised("secrets.changes"))

    const missing = (name: string, { problems }: SecretState) => {
      const problem = [...problems].find(([bad]) => baseName(bad) === name)?.[1]
      return new SecretMissing({ name, store: store.kind, ...(problem === undefined ? {} : { problem }) })
    }
    const get = Effect.fnUntraced(function*(name: string) {
      const now = yield* SubscriptionRef.get(state)
      return now.credentials.get(name) ?? (yield* missing(name, now))
    })

    return Secrets.of({
      get,
      text: Effect.fnUntraced(function*(name: string) {
        const now = yield* SubscriptionRef.get(state)
        return now.values.get(name) ?? (yield* missing(name, now))
      }),
      candidates: Effect.fnUntraced(function*(name: string) {
        return versionsOf(yield* get(name), fingerprint, (yield* Ref.get(workedLast)).get(name))
      }),
      worked: (name, candidate) => {
        logged.delete(`${name}/${candidate.fingerprint}`)
        return Ref.update(workedLast, (map) => new Map(map).set(name, candidate.fingerprint))
      },
      refresh,
      refused: Effect.fnUntraced(function*(name: string, candidate: CredentialVersion) {
        const { fingerprint, slot } = candidate
        yield* Metric.update(Metric.withAttributes(refusals, { secret: named(name), slot }), 1)
        if (!logged.has(`${name}/${fingerprint}`)) {
          logged.add(`${name}/${fingerprint}`)
          yield* Effect.logWarning("A credential was refused.").pipe(
            Effect.annotateLogs({ secret: name, slot, fingerprint })
          )
        }
        yield* refresh
      }),
      apiKeys: Effect.map(
        SubscriptionRef.get(state),
        ({ credentials, values }) =>
          [...credentials.values()].flatMap((credential) => {
            const caller = callerOf(credential.name)
            if (caller === undefined) return []
            const from = sourcesOf(values, credential.name)
            return [credential.current, credential.next].flatMap(Option.toArray)
              .map((value) => ({ caller, value, from }))
          })
      ),
      changes: SubscriptionRef.changes(state).pipe(
        Stream.map(({ revision }) => revision),
        Stream.changes,
        Stream.map(() => undefined)
      ),
      status: Effect.gen(function*() {
        const { credentials, fetchedAt, problems, stale } = yield* SubscriptionRef.get(state)
        return {
          store: store.kind,
          stale,
          ageMs: (yield* Clock.currentTimeMillis) - fetchedAt,
          unusable: problems.size,
          credentials: Object.fromEntries(
            [...credentials].map(([name, credential]) => [name, slotsOf(credential, fingerprint)])
          )
        }
      })
    })
  })
)

/** The secrets of this process, from the store that `MUTT_SECRETS` names. */
export const SecretLayer = SecretsFromStore.pipe(
  Layer.provide(Layer.unwrap(Effect.map(Environment, ({ program, secrets }) => documentsOf(program, secrets))))
)
