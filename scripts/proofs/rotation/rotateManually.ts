import { Effect } from "effect"
import { type Harness, readiness, restart, timeToReady } from "./Harness.ts"
import { letsIn, type ManualRotation, orders } from "./operatorSteps.ts"
import { freshPassword, type SecretFile } from "./SecretFile.ts"

interface ManualResult {
  /** Milliseconds until a program that was started in the middle was ready. */
  readonly startMs: ReadonlyArray<number>
  readonly problems: ReadonlyArray<string>
}

/** Rotates a password by hand, in any order, and restarts a program in the middle. Ends at the first problem. */
export const rotateManually = (
  harness: Harness,
  store: SecretFile,
  rotation: ManualRotation,
  patienceMs: number
): Effect.Effect<ManualResult> =>
  Effect.gen(function*() {
    const { name, order, pausesMs, restartAfter } = rotation
    const { current: old } = yield* store.slots(name)
    const passwords = { old, new: freshPassword(), newer: freshPassword() }
    const startMs: Array<number> = []
    let slots: { readonly current: string; readonly next?: string | undefined } = { current: old }
    let accepted: ReadonlyArray<string> = [old]
    for (const [index, step] of (orders[order] ?? []).entries()) {
      if (step.where === "store") {
        const next = step.next === undefined ? undefined : passwords[step.next]
        slots = { current: passwords[step.current], next }
        yield* store.write(name, slots)
      } else {
        // PostgreSQL takes one password, the last that was said.
        accepted = step.accepts.map((word) => passwords[word]).slice(name === "DB_PASS" ? -1 : 0)
        yield* harness.accounts.accept(name, accepted)
      }
      if (startMs.length === 0 && index >= restartAfter && letsIn(slots, accepted)) {
        const program = harness.replicas[rotation.program][rotation.replica]
        if (program === undefined) return yield* Effect.die(new Error(`No replica ${rotation.replica}`))
        const ms = yield* restart(harness, program, patienceMs)
        if (ms === undefined) {
          const why =
            `${program.instance}, started after step ${index + 1} of "${order}" (${name}), was not ready in ` +
            `${patienceMs} ms: ${yield* readiness(program)}`
          return { startMs, problems: [why] }
        }
        startMs.push(ms)
      }
      yield* Effect.sleep(pausesMs[index] ?? 0)
    }
    const late = yield* Effect.filter(
      harness.programs,
      (program) => Effect.map(timeToReady(program, patienceMs), (ms) => ms === undefined),
      { concurrency: "unbounded" }
    )
    return { startMs, problems: late.map(({ instance }) => `${instance} was not ready after "${order}" (${name})`) }
  })
