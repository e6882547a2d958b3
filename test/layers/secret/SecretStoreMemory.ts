import { Effect, Layer, PubSub, Ref, Stream } from "effect"
import { withoutEmpty } from "../../../layers/secret/names.ts"
import { SecretStore, type SecretStoreUnavailable } from "../../../layers/secret/SecretStore.ts"
import { secretValues } from "../../../src/domain/SecretValues.ts"

/** A store in memory, for tests: they set what it holds and whether it answers, and count the reads. */
export const makeSecretStoreMemory = (start: Readonly<Record<string, string>>) =>
  Effect.gen(function*() {
    const held = yield* Ref.make(start)
    const failure = yield* Ref.make<SecretStoreUnavailable | undefined>(undefined)
    const reads = yield* Ref.make(0)
    const changed = yield* PubSub.unbounded<void>({ replay: 1 })

    const read = Effect.gen(function*() {
      yield* Ref.update(reads, (n) => n + 1)
      const error = yield* Ref.get(failure)
      if (error !== undefined) return yield* error
      return withoutEmpty(secretValues(yield* Ref.get(held)))
    })

    return {
      layer: Layer.succeed(SecretStore, { kind: "env", read, changes: Stream.fromPubSub(changed) }),
      set: (values: Readonly<Record<string, string>>) =>
        Effect.andThen(Ref.set(held, values), PubSub.publish(changed, undefined)),
      /** Changes the values, and followers hear nothing. */
      setSilently: (values: Readonly<Record<string, string>>) => Ref.set(held, values),
      fail: (error: SecretStoreUnavailable | undefined) => Ref.set(failure, error),
      reads: Ref.get(reads)
    }
  })
