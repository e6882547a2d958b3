import { Effect, Layer } from "effect"
import { type SilenceHit, SilenceHits } from "../../../layers/silence/SilenceHits.ts"
import { SilenceSource, SilenceSourceUnavailable } from "../../../layers/silence/SilenceSource.ts"
import type { Silence } from "../../../src/silence/Silence.ts"

/** Keeps silences in memory, for tests of what reads them; `replace` raises their version. */
export const makeSilenceSourceMemory = (start: ReadonlyArray<Silence> = []) => {
  let set = { version: 1, silences: start }
  let away = false
  const told: Array<SilenceHit> = []
  const read = <A>(value: () => A) =>
    Effect.suspend(() => away ? Effect.fail(new SilenceSourceUnavailable({ detail: "gone" })) : Effect.sync(value))
  return {
    layer: Layer.merge(
      Layer.succeed(SilenceSource, { version: read(() => set.version), load: read(() => set) }),
      Layer.succeed(SilenceHits, { add: (hits) => read(() => void told.push(...hits)) })
    ),
    replace: (silences: ReadonlyArray<Silence>) =>
      Effect.sync(() => {
        set = { version: set.version + 1, silences }
      }),
    setAway: (now: boolean) =>
      Effect.sync(() => {
        away = now
      }),
    told
  }
}

export const SilenceSourceMemory = (silences: ReadonlyArray<Silence> = []) =>
  Layer.unwrap(Effect.sync(() => makeSilenceSourceMemory(silences).layer))
