import { Effect } from "effect"
import { seeded } from "../../bench/Random.ts"
import type { Posting } from "../conservation/Ledger.ts"
import { percentile, type Proof } from "../Proof.ts"
import { allReady, type Harness } from "./Harness.ts"
import { type ManualRotation, planManualRotations } from "./operatorSteps.ts"
import { rotateManually } from "./rotateManually.ts"
import { type PasswordName, passwordNames, secretFile } from "./SecretFile.ts"
import { figuresOf, underLoad } from "./traffic.ts"

/** Says how far the run has come. */
export type Tell = (words: string) => Effect.Effect<void>

const rotateAll = (
  harness: Harness,
  rotations: ReadonlyArray<ManualRotation>,
  options: { readonly fallback: boolean; readonly patienceMs: number },
  tell: Tell
) =>
  Effect.gen(function*() {
    const store = secretFile(harness.secretsFile, options)
    const startMs: Array<number> = []
    const problems: Array<string> = []
    for (const [index, rotation] of rotations.entries()) {
      yield* tell(`by hand, ${index + 1} of ${rotations.length}: ${rotation.name}, ${rotation.order}`)
      const result = yield* rotateManually(harness, store, rotation, options.patienceMs)
      startMs.push(...result.startMs)
      problems.push(...result.problems)
    }
    return { startMs, problems }
  })

/** Rotations by hand, in any order: no request fails, and each event ends exactly once. */
export const manualRotations = (
  harness: Harness,
  options: { readonly seed: number; readonly rotations: number; readonly tell: Tell }
): Effect.Effect<{ readonly proof: Proof; readonly postings: ReadonlyArray<Posting> }, unknown> =>
  Effect.gen(function*() {
    const { rotations, seed, tell } = options
    const before = yield* refusals(harness)
    const plan = planManualRotations(seeded(seed), rotations)
    const work = rotateAll(harness, plan, { fallback: true, patienceMs: 120_000 }, tell)
    const { postings, result: { problems, startMs }, traffic } = yield* underLoad(harness, seed, [], work)
    const after = yield* refusals(harness)
    const proof = {
      what: "Rotations by hand, in any order, under 500 events a second",
      figures: {
        rotations,
        ...figuresOf(traffic),
        "refused logins, PostgreSQL": after.DB_PASS - before.DB_PASS,
        "refused logins, Redis": after.REDIS_PASS - before.REDIS_PASS,
        "programs started in the middle": startMs.length,
        "ready after start, ms, median": percentile(startMs, 0.5),
        "ready after start, ms, most": percentile(startMs, 1)
      },
      problems: [...problems, ...traffic.problems]
    }
    return { proof, postings }
  })

const refusals = (harness: Harness) =>
  Effect.all({ DB_PASS: harness.accounts.refused("DB_PASS"), REDIS_PASS: harness.accounts.refused("REDIS_PASS") })

/**
 * The control: the same with a store that holds CURRENT alone, so that there is nothing to fall back to. A program that
 * starts in the middle must not get in; else the other runs prove nothing. What was found to fail; afterwards all is
 * well again.
 */
export const withoutFallback = (
  harness: Harness,
  options: { readonly seed: number; readonly postings: ReadonlyArray<Posting>; readonly tell: Tell }
): Effect.Effect<Readonly<Record<PasswordName, ReadonlyArray<string>>>, unknown> =>
  Effect.gen(function*() {
    const found = { DB_PASS: new Array<string>(), REDIS_PASS: new Array<string>() }
    let postings = options.postings
    for (const [index, name] of passwordNames.entries()) {
      const store = secretFile(harness.secretsFile, { fallback: true })
      const { current: old } = yield* store.slots(name)
      const rotation: ManualRotation = {
        name,
        order: "promoted before applied",
        pausesMs: [1_500],
        program: name === "DB_PASS" ? "alerter" : "ingestor",
        replica: 0,
        restartAfter: 1
      }
      const work = Effect.gen(function*() {
        const result = yield* rotateAll(harness, [rotation], { fallback: false, patienceMs: 5_000 }, options.tell)
        yield* harness.accounts.accept(name, [old])
        yield* store.write(name, { current: old })
        yield* allReady(harness)
        return result
      })
      const run = yield* underLoad(harness, options.seed + index, postings, work)
      postings = run.postings
      found[name].push(...run.result.problems, ...run.traffic.problems)
    }
    return found
  })
