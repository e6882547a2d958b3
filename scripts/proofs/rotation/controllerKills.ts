import { Effect, Schedule } from "effect"
import type { RotationStep } from "../../../src/domain/Rotation.ts"
import type { Random } from "../../bench/Random.ts"
import { percentile, type Proof } from "../Proof.ts"
import { controller } from "./Controller.ts"
import { closed } from "./controllerRotations.ts"
import { type Harness, timeToReady } from "./Harness.ts"
import { type Journal, type Point, points } from "./Journal.ts"
import type { Tell } from "./manualRotations.ts"
import { type PasswordName, passwordNames, secretFile } from "./SecretFile.ts"

const steps = ["stage", "apply", "verify", "promote", "drain", "retire"] as const satisfies ReadonlyArray<RotationStep>

/** Where the controller is killed: at which entry of the journal, or between the two of one step. */
export interface Kill {
  readonly name: PasswordName
  readonly step: (typeof steps)[number]
  readonly point: Point
}

/** Every one of them. */
export const kills: ReadonlyArray<Kill> = passwordNames.flatMap((name) =>
  steps.flatMap((step) => points.map((point) => ({ name, step, point })))
)

/**
 * The controller is killed at one point of the journal; the other replica takes its rotation up. What speaks against
 * it, and how long it took.
 */
const killAt = (harness: Harness, journal: Journal, { name, point, step }: Kill, random: Random) =>
  Effect.gen(function*() {
    const [first, second] = harness.replicas["web-ui"]
    if (first === undefined || second === undefined) {
      return yield* Effect.die(new Error("There are no two web-ui programs"))
    }
    const problems: Array<string> = []
    const where = `${name}, ${step}, ${point}`
    const store = secretFile(harness.secretsFile, { fallback: true })
    const { current: old } = yield* store.slots(name)
    const oneGetsIn = Effect.gen(function*() {
      const { current, next = "" } = yield* store.slots(name)
      return (yield* harness.accounts.letsIn(name, current)) ||
        (next !== "" && (yield* harness.accounts.letsIn(name, next)))
    })

    yield* journal.hold(step, point === "done" ? "done" : "intent")
    yield* Effect.forkChild(
      Effect.ignore(controller(first, harness.adminKey).call(name, "start", { auto: true }))
    )
    if (!(yield* journal.held)) problems.push(`${where}: nobody came there`)
    if (point === "between") {
      yield* journal.release
      yield* Effect.sleep(random.int(40))
    }
    yield* first.kill
    yield* journal.abandon
    if (!(yield* oneGetsIn)) problems.push(`${where}: the server takes neither value of the store after the kill`)
    // As whatever keeps programs running does; one that is silent would block for a minute.
    yield* first.begin

    const from = performance.now()
    const left = yield* journal.newest(name)
    if (left?.open === true) {
      // The one that died counts as at work for ten seconds.
      yield* controller(second, harness.adminKey).call(name, "resume").pipe(
        Effect.retry(Schedule.spaced("500 millis").pipe(Schedule.upTo({ duration: "60 seconds" }))),
        Effect.catch(({ message }) => Effect.sync(() => void problems.push(`${where}: ${message}`)))
      )
    }
    if (!(yield* closed(journal, name, controller(second, harness.adminKey).call(name, "resume")))) {
      problems.push(`${where}: not taken up: ${JSON.stringify(yield* journal.newest(name))}`)
    }
    const ms = performance.now() - from
    const { current, next = "" } = yield* store.slots(name)
    if (next !== "") problems.push(`${where}: the store still holds NEXT`)
    if (!(yield* harness.accounts.letsIn(name, current))) {
      problems.push(`${where}: the server does not take what is in the store`)
    }
    if (current !== old && (yield* harness.accounts.letsIn(name, old))) {
      problems.push(`${where}: the old password lets in`)
    }
    for (const program of harness.programs) {
      if ((yield* timeToReady(program, 60_000)) === undefined) {
        problems.push(`${where}: ${program.instance} is not ready`)
      }
    }
    return { ms, problems, found: left?.open === true }
  })

/**
 * `kill -9` of the controller at points of the journal: each rotation is taken up and ends, nobody is locked out, no
 * password is lost.
 */
export const controllerKills = (
  harness: Harness,
  journal: Journal,
  options: { readonly kills: ReadonlyArray<Kill>; readonly random: Random; readonly tell: Tell }
): Effect.Effect<Proof, unknown> =>
  Effect.gen(function*() {
    const tookMs: Array<number> = []
    const problems: Array<string> = []
    let found = 0
    for (const kill of options.kills) {
      yield* options.tell(`kill -9 of the controller: ${kill.name}, ${kill.step}, ${kill.point}`)
      const one = yield* killAt(harness, journal, kill, options.random)
      problems.push(...one.problems)
      if (one.found) {
        tookMs.push(one.ms)
        found++
      }
    }
    return {
      what: "kill -9 of the controller at points of its journal",
      figures: {
        kills: options.kills.length,
        "left a rotation open": found,
        "from resume to the end, ms, median": percentile(tookMs, 0.5),
        "from resume to the end, ms, most": percentile(tookMs, 1)
      },
      problems
    }
  })
