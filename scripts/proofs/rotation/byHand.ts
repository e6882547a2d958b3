import { Effect } from "effect"
import { seeded } from "../../bench/Random.ts"
import type { Posting } from "../conservation/Ledger.ts"
import { rotateByHand } from "./hand.ts"
import { type HandRotation, planHandRotations } from "./operatorSteps.ts"
import { percentile, type Proof } from "./Proof.ts"
import { type PasswordName, passwordNames, secretFile } from "./SecretFile.ts"
import { figuresOf, underLoad } from "./traffic.ts"
import { allReady, type World } from "./World.ts"

/** Says how far the run has come. */
export type Tell = (words: string) => Effect.Effect<void>

const playAll = (
  world: World,
  rotations: ReadonlyArray<HandRotation>,
  options: { readonly fallback: boolean; readonly patienceMs: number },
  tell: Tell
) =>
  Effect.gen(function*() {
    const store = secretFile(world.secretsFile, options)
    const startMs: Array<number> = []
    const problems: Array<string> = []
    for (const [index, rotation] of rotations.entries()) {
      yield* tell(`by hand, ${index + 1} of ${rotations.length}: ${rotation.name}, ${rotation.order}`)
      const result = yield* rotateByHand(world, store, rotation, options.patienceMs)
      startMs.push(...result.startMs)
      problems.push(...result.problems)
    }
    return { startMs, problems }
  })

/** Rotations by hand, in any order: no request fails, and each event ends exactly once. */
export const byHand = (
  world: World,
  options: { readonly seed: number; readonly rotations: number; readonly tell: Tell }
): Effect.Effect<{ readonly proof: Proof; readonly postings: ReadonlyArray<Posting> }, unknown> =>
  Effect.gen(function*() {
    const { rotations, seed, tell } = options
    const before = yield* refusals(world)
    const plan = planHandRotations(seeded(seed), rotations)
    const work = playAll(world, plan, { fallback: true, patienceMs: 120_000 }, tell)
    const { postings, result: { problems, startMs }, traffic } = yield* underLoad(world, seed, [], work)
    const after = yield* refusals(world)
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

const refusals = (world: World) =>
  Effect.all({ DB_PASS: world.accounts.refused("DB_PASS"), REDIS_PASS: world.accounts.refused("REDIS_PASS") })

/**
 * The control: the same with a store that holds CURRENT alone, so that there is nothing to fall back to. A program that starts in the
 * middle must not get in; else the other runs prove nothing. What was found to fail; afterwards all is well again.
 */
export const withoutFallback = (
  world: World,
  options: { readonly seed: number; readonly postings: ReadonlyArray<Posting>; readonly tell: Tell }
): Effect.Effect<Readonly<Record<PasswordName, ReadonlyArray<string>>>, unknown> =>
  Effect.gen(function*() {
    const found = { DB_PASS: new Array<string>(), REDIS_PASS: new Array<string>() }
    let postings = options.postings
    for (const [index, name] of passwordNames.entries()) {
      const store = secretFile(world.secretsFile, { fallback: true })
      const { current: old } = yield* store.slots(name)
      const rotation: HandRotation = {
        name,
        order: "promoted before applied",
        pausesMs: [1_500],
        program: name === "DB_PASS" ? "alerter" : "ingestor",
        replica: 0,
        restartAfter: 1
      }
      const work = Effect.gen(function*() {
        const result = yield* playAll(world, [rotation], { fallback: false, patienceMs: 5_000 }, options.tell)
        yield* world.accounts.accept(name, [old])
        yield* store.write(name, { current: old })
        yield* allReady(world)
        return result
      })
      const run = yield* underLoad(world, options.seed + index, postings, work)
      postings = run.postings
      found[name].push(...run.result.problems, ...run.traffic.problems)
    }
    return found
  })
