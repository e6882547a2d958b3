import { Effect } from "effect"
import type { Posting } from "../conservation/Ledger.ts"
import { percentile, type Proof } from "../Proof.ts"
import { controller, type NotRotated } from "./Controller.ts"
import type { Harness } from "./Harness.ts"
import type { Journal } from "./Journal.ts"
import type { Tell } from "./manualRotations.ts"
import { passwordLeaks } from "./passwordLeaks.ts"
import { type PasswordName, passwordNames, secretFile } from "./SecretFile.ts"
import { figuresOf, underLoad } from "./traffic.ts"

const patienceMs = 240_000

/**
 * Waits until no rotation of the secret is open; `false` when that takes too long. One that went no further by itself
 * is resumed.
 */
export const closed = (
  journal: Journal,
  name: PasswordName,
  resume: Effect.Effect<unknown, NotRotated>
): Effect.Effect<boolean> => {
  const wait = Effect.gen(function*() {
    while (true) {
      const row = yield* journal.newest(name)
      if (row?.open !== true) return
      if (row.stopped !== null) yield* Effect.ignore(resume)
      yield* Effect.sleep("20 millis")
    }
  })
  return wait.pipe(
    Effect.as(true),
    Effect.timeoutOrElse({ duration: patienceMs, orElse: () => Effect.succeed(false) })
  )
}

/** By its own count, how many of its logins with this secret a program saw refused. */
const refusedIn = (url: string, name: PasswordName) =>
  Effect.promise(async () => {
    const text = await (await fetch(`${url}/metrics`)).text()
    const lines = text.split("\n").filter((line) =>
      line.startsWith("mutt_credential_refused_total{") && line.includes(`secret="${name}"`)
    )
    return lines.reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0)
  })

/** Rotations of both passwords by the controller, one after the other, under load. */
export const controllerRotations = (
  harness: Harness,
  journal: Journal,
  options: {
    readonly seed: number
    readonly rotations: number
    readonly postings: ReadonlyArray<Posting>
    readonly tell: Tell
  }
): Effect.Effect<{ readonly proof: Proof; readonly postings: ReadonlyArray<Posting> }, unknown> =>
  Effect.gen(function*() {
    const { rotations, tell } = options
    const store = secretFile(harness.secretsFile, { fallback: true })
    const tookMs: Array<number> = []
    const refused = { DB_PASS: new Array<number>(), REDIS_PASS: new Array<number>() }
    const refusedEach: Array<number> = []
    const used = new Set<string>()
    let resumed = 0
    const noteStop = Effect.fnUntraced(function*(name: PasswordName) {
      resumed++
      yield* tell(`${name} went no further by itself: ${(yield* journal.newest(name))?.stopped ?? ""}`)
    })
    const rotate = Effect.fnUntraced(function*(name: PasswordName, index: number) {
      const problems: Array<string> = []
      const program = harness.replicas["web-ui"][index % 2]
      if (program === undefined) return ["there is no web-ui program"]
      const { current: old } = yield* store.slots(name)
      const before = yield* harness.accounts.refused(name)
      const beforeEach = yield* Effect.forEach(harness.programs, ({ url }) => refusedIn(url, name))
      const from = performance.now()
      const { call } = controller(program, harness.adminKey)
      yield* call(name, "start", { auto: true })
      const done = yield* closed(
        journal,
        name,
        Effect.andThen(noteStop(name), call(name, "resume"))
      )
      tookMs.push(performance.now() - from)
      refused[name].push((yield* harness.accounts.refused(name)) - before)
      const afterEach = yield* Effect.forEach(harness.programs, ({ url }) => refusedIn(url, name))
      refusedEach.push(...afterEach.map((count, index) => count - (beforeEach[index] ?? 0)))
      const { current, next } = yield* store.slots(name)
      used.add(old).add(current)
      if (!done) problems.push(`${name} was not rotated: ${JSON.stringify(yield* journal.newest(name))}`)
      if (current === old || (next ?? "") !== "") problems.push(`the store does not hold a new ${name} alone`)
      if (yield* harness.accounts.letsIn(name, old)) problems.push(`the old ${name} still lets in`)
      return problems
    })
    const work = Effect.gen(function*() {
      const problems: Array<string> = []
      for (let index = 0; index < rotations; index++) {
        for (const name of passwordNames) {
          yield* tell(`by the controller, ${index + 1} of ${rotations}: ${name}`)
          problems.push(...yield* rotate(name, index))
        }
      }
      return problems
    })
    const { postings, result, traffic } = yield* underLoad(harness, options.seed, options.postings, work)
    const most = Math.max(...refusedEach)
    const leaks = yield* passwordLeaks(harness, used)
    const proof = {
      what: "Rotations by the controller, under 500 events a second",
      figures: {
        "rotations of each password": rotations,
        ...figuresOf(traffic),
        "resumed because something blocked for a minute": resumed,
        "one rotation, ms, median": percentile(tookMs, 0.5),
        "one rotation, ms, p95": percentile(tookMs, 0.95),
        "refused logins of one rotation, PostgreSQL, most": Math.max(...refused.DB_PASS),
        "refused logins of one rotation, Redis, most": Math.max(...refused.REDIS_PASS),
        "refused logins of one rotation, one program, most": most,
        "passwords searched in logs, tables and metrics": used.size,
        "places where one can be read": leaks.length
      },
      problems: [
        ...result,
        ...traffic.problems,
        ...leaks.map((place) => `a password can be read in ${place}`),
        ...(most > 1 ? [`a program had ${most} logins refused in one rotation`] : [])
      ]
    }
    return { proof, postings }
  })
