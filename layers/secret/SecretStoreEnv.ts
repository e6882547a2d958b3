import { ConfigProvider, Effect, Layer, Stream } from "effect"
import { secretValues } from "../../src/domain/SecretValues.ts"
import { apiKeyPrefix, fixedNames, partOf, withoutEmpty } from "./names.ts"
import { SecretStore, SecretStoreUnavailable } from "./SecretStore.ts"

/** Reads secrets from the environment, which change with a restart only. */
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
        // An empty value: the provider names it and has no node for it.
        if (node === undefined) return [[path.join("_"), ""]]
        const own = node.value === undefined ? [] : [[path.join("_"), node.value] as const]
        const below = node._tag === "Record" ? yield* Effect.forEach(node.keys, (key) => walk([...path, key])) : []
        return [...own, ...below.flat()]
      })

    /** Whether there is a variable of this name, be it empty. */
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
      return withoutEmpty(secretValues(values))
    }).pipe(Effect.mapError((error) => new SecretStoreUnavailable({ store: "env", detail: error.message })))

    return SecretStore.of({ kind: "env", read, changes: Stream.empty })
  })
)
