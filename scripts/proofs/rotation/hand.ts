import { Effect } from "effect"
import { type HandRotation, letsIn, orders } from "./operatorSteps.ts"
import { freshPassword, type SecretFile } from "./SecretFile.ts"
import { readiness, restart, timeToReady, type World } from "./World.ts"

export interface HandResult {
  /** Milliseconds until a program that was started in the middle was ready. */
  readonly startMs: ReadonlyArray<number>
  readonly problems: ReadonlyArray<string>
}

/** Plays one rotation by hand, in whatever order, and restarts a program in the middle of it. Ends at the first problem. */
export const rotateByHand = (
  world: World,
  store: SecretFile,
  rotation: HandRotation,
  patienceMs: number
): Effect.Effect<HandResult> =>
  Effect.gen(function*() {
    const { name, order, pausesMs, restartAfter } = rotation
    const { current: old } = yield* store.slots(name)
    const passwords = { old, new: freshPassword(), newer: freshPassword() }
    const startMs: Array<number> = []
    let slots: { readonly current: string; readonly next?: string | undefined } = { current: old }
    let accepted: ReadonlyArray<string> = [old]
    for (const [index, move] of (orders[order] ?? []).entries()) {
      if (move.where === "store") {
        const next = move.next === undefined ? undefined : passwords[move.next]
        slots = { current: passwords[move.current], next }
        yield* store.write(name, slots)
      } else {
        // PostgreSQL takes one password, the last that was said.
        accepted = move.accepts.map((word) => passwords[word]).slice(name === "DB_PASS" ? -1 : 0)
        yield* world.accounts.accept(name, accepted)
      }
      if (startMs.length === 0 && index >= restartAfter && letsIn(slots, accepted)) {
        const program = world.replicas[rotation.program][rotation.replica]
        if (program === undefined) return yield* Effect.die(new Error(`No replica ${rotation.replica}`))
        const ms = yield* restart(world, program, patienceMs)
        if (ms === undefined) {
          const why =
            `${program.instance}, started after move ${index + 1} of "${order}" (${name}), was not ready in ` +
            `${patienceMs} ms: ${yield* readiness(program)}`
          return { startMs, problems: [why] }
        }
        startMs.push(ms)
      }
      yield* Effect.sleep(pausesMs[index] ?? 0)
    }
    const late = yield* Effect.filter(
      world.programs,
      (program) => Effect.map(timeToReady(program, patienceMs), (ms) => ms === undefined),
      { concurrency: "unbounded" }
    )
    return { startMs, problems: late.map(({ instance }) => `${instance} was not ready after "${order}" (${name})`) }
  })
