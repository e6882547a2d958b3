import { Clock, Effect, Layer, Option, Queue, Redacted, Ref, Schedule, Stream, SubscriptionRef } from "effect"
import type { Candidate, Credential } from "../../src/domain/Credential.ts"
import { StaticConfig } from "../config/StaticConfig.ts"
import { supervised } from "../telemetry/supervised.ts"
import { makeFingerprint } from "./fingerprint.ts"
import { baseName, callerOf } from "./names.ts"
import { SecretMissing, Secrets } from "./Secrets.ts"
import { SecretStore } from "./SecretStore.ts"
import { SecretStoreEnv } from "./SecretStoreEnv.ts"
import { SecretStoreFile } from "./SecretStoreFile.ts"

interface State {
  readonly values: ReadonlyMap<string, Redacted.Redacted>
  readonly credentials: ReadonlyMap<string, Credential>
  /** Grows when any credential comes, goes or changes. */
  readonly revision: number
  readonly fetchedAt: number
  readonly stale: boolean
}

const readPause = 1_000

/** Follows whatever `SecretStore` there is. */
export const SecretsFromStore = Layer.effect(
  Secrets,
  Effect.gen(function*() {
    const store = yield* SecretStore
    const fingerprint = makeFingerprint()
    const state = yield* SubscriptionRef.make<State>({
      values: new Map(),
      credentials: new Map(),
      revision: 0,
      fetchedAt: yield* Clock.currentTimeMillis,
      stale: true
    })
    /** Name → fingerprint of the value that worked last. By value, so that it survives the move from NEXT to CURRENT. */
    const preferred = yield* Ref.make<ReadonlyMap<string, string>>(new Map())
    const wanted = yield* Queue.sliding<void>(1)
    let lastRead = Number.NEGATIVE_INFINITY

    const refresh = Effect.gen(function*() {
      lastRead = yield* Clock.currentTimeMillis
      const before = yield* SubscriptionRef.get(state)
      const result = yield* Effect.result(store.read)
      if (result._tag === "Failure") {
        if (!before.stale || before.values.size === 0) {
          yield* Effect.logWarning("The secret store cannot be read; what was read before stays in use.").pipe(
            Effect.annotateLogs({ store: result.failure.store, detail: result.failure.detail })
          )
        }
        return yield* SubscriptionRef.set(state, { ...before, stale: true })
      }
      const after = advance(before, result.success, yield* Clock.currentTimeMillis)
      yield* SubscriptionRef.set(state, after)
      for (const [name, credential] of after.credentials) {
        const old = before.credentials.get(name)
        if (old === undefined || old.generation === credential.generation) continue
        yield* Effect.logInfo("A secret changed.").pipe(
          Effect.annotateLogs({ secret: name, generation: credential.generation, ...slots(credential, fingerprint) })
        )
      }
    })

    yield* refresh
    yield* Queue.take(wanted).pipe(
      Effect.andThen(Clock.currentTimeMillis),
      Effect.flatMap((now) => Effect.sleep(Math.max(0, lastRead + readPause - now))),
      Effect.andThen(Queue.clear(wanted)),
      Effect.andThen(refresh),
      Effect.forever,
      supervised("secrets.read")
    )
    const ask = Queue.offer(wanted, undefined)
    yield* Effect.schedule(ask, Schedule.spaced("5 seconds").pipe(Schedule.jittered)).pipe(supervised("secrets.poll"))
    yield* Stream.runForEach(store.changes, () => ask).pipe(supervised("secrets.changes"))

    const missing = (name: string) => new SecretMissing({ name, store: store.kind })

    const get = Effect.fnUntraced(function*(name: string) {
      const credential = (yield* SubscriptionRef.get(state)).credentials.get(name)
      return credential ?? (yield* missing(name))
    })

    const candidates = Effect.fnUntraced(function*(name: string) {
      const credential = yield* get(name)
      const list = candidatesOf(credential, fingerprint)
      const best = (yield* Ref.get(preferred)).get(name)
      return list.toSorted((a, b) => Number(b.fingerprint === best) - Number(a.fingerprint === best))
    })

    return Secrets.of({
      get,
      text: Effect.fnUntraced(function*(name: string) {
        return (yield* SubscriptionRef.get(state)).values.get(name) ?? (yield* missing(name))
      }),
      candidates,
      worked: (name, candidate) => Ref.update(preferred, (map) => new Map(map).set(name, candidate.fingerprint)),
      refused: Effect.fnUntraced(function*(name: string, candidate: Candidate) {
        yield* Effect.logWarning("A credential was refused.").pipe(
          Effect.annotateLogs({ secret: name, slot: candidate.slot, fingerprint: candidate.fingerprint })
        )
        yield* ask
      }),
      apiKeys: Effect.map(
        SubscriptionRef.get(state),
        ({ credentials }) =>
          [...credentials.values()].flatMap((credential) => {
            const caller = callerOf(credential.name)
            return caller === undefined
              ? []
              : [...Option.toArray(credential.current), ...Option.toArray(credential.next)].map((value) => ({
                caller,
                value
              }))
          })
      ),
      changes: SubscriptionRef.changes(state).pipe(
        Stream.map(({ revision }) => revision),
        Stream.changes,
        Stream.map(() => undefined)
      ),
      status: Effect.gen(function*() {
        const { credentials, fetchedAt, stale } = yield* SubscriptionRef.get(state)
        return {
          store: store.kind,
          stale,
          ageMs: (yield* Clock.currentTimeMillis) - fetchedAt,
          credentials: Object.fromEntries(
            [...credentials].map(([name, credential]) => [name, slots(credential, fingerprint)])
          )
        }
      })
    })
  })
)

/** The secrets of this process, from the store that `MUTT_SECRETS` names. */
export const SecretsLayer = SecretsFromStore.pipe(
  Layer.provide(
    Layer.unwrap(
      Effect.map(
        StaticConfig,
        ({ secrets }) => secrets.kind === "file" ? SecretStoreFile(secrets.path ?? "") : SecretStoreEnv
      )
    )
  )
)

/** The state after a read. */
const advance = (before: State, values: ReadonlyMap<string, Redacted.Redacted>, now: number): State => {
  const names = new Set([...values.keys()].map(baseName))
  let changed = names.size !== before.credentials.size
  const credentials = new Map<string, Credential>()
  for (const name of names) {
    const current = Option.fromNullishOr(values.get(`${name}_CURRENT`) ?? values.get(name))
    const next = Option.fromNullishOr(values.get(`${name}_NEXT`))
    const old = before.credentials.get(name)
    if (old !== undefined && same(old.current, current) && same(old.next, next)) {
      credentials.set(name, { ...old, fetchedAt: now })
    } else {
      changed = true
      credentials.set(name, { name, current, next, generation: (old?.generation ?? 0) + 1, fetchedAt: now })
    }
  }
  return { values, credentials, revision: before.revision + Number(changed), fetchedAt: now, stale: false }
}

const same = (a: Option.Option<Redacted.Redacted>, b: Option.Option<Redacted.Redacted>): boolean =>
  Option.isNone(a) ? Option.isNone(b) : Option.isSome(b) && Redacted.value(a.value) === Redacted.value(b.value)

/** CURRENT first. Equal values are one candidate. */
const candidatesOf = (
  credential: Credential,
  fingerprint: (value: Redacted.Redacted) => string
): ReadonlyArray<Candidate> => {
  const current = Option.map(
    credential.current,
    (value) => ({ slot: "CURRENT" as const, value, fingerprint: fingerprint(value) })
  )
  const next = Option.map(
    credential.next,
    (value) => ({ slot: "NEXT" as const, value, fingerprint: fingerprint(value) })
  )
  const list = [...Option.toArray(current), ...Option.toArray(next)]
  return list[0]?.fingerprint === list[1]?.fingerprint ? list.slice(0, 1) : list
}

const slots = (
  credential: Credential,
  fingerprint: (value: Redacted.Redacted) => string
): Readonly<Record<string, string>> =>
  Object.fromEntries(candidatesOf(credential, fingerprint).map((candidate) => [candidate.slot, candidate.fingerprint]))
