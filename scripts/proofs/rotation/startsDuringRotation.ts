import { Effect } from "effect"
import { percentile, type Proof } from "../Proof.ts"
import { controller } from "./Controller.ts"
import { closed } from "./controllerRotations.ts"
import { type Harness, readiness, restart } from "./Harness.ts"
import type { Journal } from "./Journal.ts"
import type { Tell } from "./manualRotations.ts"
import type { PasswordName } from "./SecretFile.ts"

const commands = ["start", "apply", "verify", "promote", "drain"] as const

/**
 * A program that starts while a rotation stands at one of its states gets in and is ready. One of each program starts
 * at each state.
 */
export const startsAtEachState = (
  harness: Harness,
  journal: Journal,
  options: { readonly names: ReadonlyArray<PasswordName>; readonly tell: Tell }
): Effect.Effect<Proof, unknown> =>
  Effect.gen(function*() {
    const startMs: Array<number> = []
    const problems: Array<string> = []
    const [webUi] = harness.replicas["web-ui"]
    if (webUi === undefined) return yield* Effect.die(new Error("There is no web-ui program"))
    const { call } = controller(webUi, harness.adminKey)
    for (const name of options.names) {
      for (const command of commands) {
        yield* call(name, command)
        const { state } = (yield* journal.newest(name)) ?? { state: "STEADY" }
        yield* options.tell(`programs start while ${name} is ${state}`)
        for (const replicas of Object.values(harness.replicas)) {
          const program = replicas.at(-1)
          if (program === undefined) continue
          const ms = yield* restart(harness, program, 60_000)
          if (ms === undefined) {
            problems.push(`${program.instance} was not ready while ${name} was ${state}: ${yield* readiness(program)}`)
          } else startMs.push(ms)
        }
      }
      yield* call(name, "retire")
      if (!(yield* closed(journal, name, call(name, "resume")))) problems.push(`${name} was not finished`)
    }
    return {
      what: "Programs started at each state of a rotation",
      figures: {
        starts: startMs.length,
        "ready after start, ms, median": percentile(startMs, 0.5),
        "ready after start, ms, most": percentile(startMs, 1)
      },
      problems
    }
  })
