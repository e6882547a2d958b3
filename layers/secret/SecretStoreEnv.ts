import { ConfigProvider, Effect, Layer, Stream } from "effect"
import { apiKeyPrefix, fixedNames, partOf } from "./names.ts"
import { redact } from "./redact.ts"
import { SecretStore, SecretStoreUnavailable } from "./SecretStore.ts"

/** Secrets from the environment, as given at start. They change with a restart only. */
export const SecretStoreEnv = Layer.effect(
  SecretStore,
  Effect.gen(function*() {
    const provider = yield* ConfigProvider.ConfigProvider

    /** Values at and under a path; names are paths joined with `_`. */
    const walk = (
      path: ReadonlyArray<string>
    ): Effect.Effect<ReadonlyArray<readonly [string, string]>, ConfigProvider.SourceError> =>
      Effect.gen(function*() {
        const node = yield* provider.load(path)
        // The provider takes an empty value for an absent one, but names it.
        if (node === undefined) return [[path.join("_"), ""]]
        const own = node.value === undefined ? [] : [[path.join("_"), node.value] as const]
        const below = node._tag === "Record" ? yield* Effect.forEach(node.keys, (key) => walk([...path, key])) : []
        return [...own, ...below.flat()]
      })

    /** Is there a variable of this name, be it empty? */
    const isNamed = Effect.fnUntraced(function*(name: string) {
      const path = name.split("_")
      const parent = yield* provider.load(path.slice(0, -1))
      return parent?._tag === "Record" && parent.keys.has(path.at(-1) ?? "")
    })

    const read = Effect.gen(function*() {
      const values: Record<string, string> = {}
      for (const name of fixedNames) {
        const node = yield* provider.load([name])
        if (node?.value !== undefined) values[name] = node.value
        else if (partOf(name).part === "FROM" && (yield* isNamed(name))) values[name] = ""
      }
      for (const [name, value] of yield* walk(apiKeyPrefix.split("_").filter((part) => part !== ""))) {
        values[name] = value
      }
      return redact(values)
    }).pipe(Effect.mapError((error) => new SecretStoreUnavailable({ store: "env", detail: error.message })))

    return SecretStore.of({ kind: "env", read, changes: Stream.empty })
  })
)
