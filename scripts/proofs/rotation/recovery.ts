import { Effect } from "effect"
import { answersReady } from "../../stack/Supervisor.ts"
import type { Proof } from "../Proof.ts"
import { type Harness, readiness, timeToReady } from "./Harness.ts"
import { freshPassword, passwordNames, secretFile } from "./SecretFile.ts"

const patienceMs = 120_000

const awaitNobodyReady = (harness: Harness): Effect.Effect<void> =>
  Effect.forEach(harness.programs, ({ url }) => answersReady(url), { concurrency: "unbounded" }).pipe(
    Effect.flatMap((ready) =>
      ready.includes(true) ? Effect.andThen(Effect.sleep("100 millis"), awaitNobodyReady(harness)) : Effect.void
    )
  )

/**
 * Both servers refuse all that the store holds, and no session is left; then the store is corrected. Nothing is
 * restarted.
 */
export const recovery = (harness: Harness): Effect.Effect<Proof, unknown> =>
  Effect.gen(function*() {
    const store = secretFile(harness.secretsFile, { fallback: true })
    const right = new Map(passwordNames.map((name) => [name, freshPassword()]))
    for (const [name, password] of right) {
      const { current } = yield* store.slots(name)
      yield* store.write(name, { current, next: freshPassword() })
      yield* harness.accounts.accept(name, [password])
    }
    yield* harness.accounts.cut
    yield* awaitNobodyReady(harness).pipe(Effect.timeout(patienceMs))
    const said = yield* Effect.forEach(harness.programs, readiness, { concurrency: "unbounded" })
    for (const [name, password] of right) yield* store.write(name, { current: password })
    const times = yield* Effect.forEach(harness.programs, (program) => timeToReady(program, patienceMs), {
      concurrency: "unbounded"
    })
    return {
      what: "Both values refused, then the store corrected",
      figures: {
        "programs": times.length,
        "ready without a restart, ms, most": Math.round(Math.max(...times.map((ms) => ms ?? patienceMs)))
      },
      problems: [
        ...said.filter((text) => !/refused/i.test(text)).map((text) =>
          `a program did not say what was refused: ${text}`
        ),
        ...(times.includes(undefined) ? [`not all programs were ready again within ${patienceMs} ms`] : [])
      ]
    }
  })
