import { Effect, Layer, Ref } from "effect"
import type { SecretStoreUnavailable } from "../../../layers/secret/SecretStore.ts"
import { SecretWriteConflict, SecretWriter } from "../../../layers/secret/SecretWriter.ts"
import { plainTexts, secretValues } from "../../../src/domain/SecretValues.ts"

/** A store in memory, for tests. */
export const makeSecretWriterMemory = (start: Readonly<Record<string, string>>) =>
  Effect.gen(function*() {
    const held = yield* Ref.make({ version: 1, values: start })
    const failure = yield* Ref.make<SecretStoreUnavailable | undefined>(undefined)
    const up = Effect.flatMap(Ref.get(failure), (error) => error === undefined ? Effect.void : Effect.fail(error))
    const writer = SecretWriter.of({
      read: Effect.andThen(up, Ref.get(held)).pipe(
        Effect.map(({ values, version }) => ({ version: String(version), values: secretValues(values) }))
      ),
      write: (values, ifVersion) =>
        Effect.andThen(
          up,
          Ref.modify(held, (before) =>
            String(before.version) === ifVersion
              ? [true, { version: before.version + 1, values: plainTexts(values) }]
              : [false, before])
        ).pipe(
          Effect.filterOrFail((written) => written, () => new SecretWriteConflict({ store: "memory" })),
          Effect.asVoid
        )
    })
    return {
      writer,
      layer: Layer.succeed(SecretWriter, writer),
      values: Effect.map(Ref.get(held), ({ values }) => values),
      set: (values: Readonly<Record<string, string>>) =>
        Ref.update(held, ({ version }) => ({ version: version + 1, values })),
      fail: (error: SecretStoreUnavailable | undefined) => Ref.set(failure, error)
    }
  })
