import { Effect } from "effect"
import { answersReady } from "../../stack/Supervisor.ts"
import type { Proof } from "./Proof.ts"
import { freshPassword, passwordNames, secretFile } from "./SecretFile.ts"
import { readiness, timeToReady, type World } from "./World.ts"

const patienceMs = 120_000

const awaitNobodyReady = (world: World): Effect.Effect<void> =>
  Effect.forEach(world.programs, ({ url }) => answersReady(url), { concurrency: "unbounded" }).pipe(
    Effect.flatMap((ready) =>
      ready.includes(true) ? Effect.andThen(Effect.sleep("100 millis"), awaitNobodyReady(world)) : Effect.void
    )
  )

/** Both servers refuse all that the store holds, and no session is left; then the store is corrected. Nothing is restarted. */
export const recovery = (world: World): Effect.Effect<Proof, unknown> =>
  Effect.gen(function*() {
    const store = secretFile(world.secretsFile, { fallback: true })
    const right = new Map(passwordNames.map((name) => [name, freshPassword()]))
    for (const [name, password] of right) {
      const { current } = yield* store.slots(name)
      yield* store.write(name, { current, next: freshPassword() })
      yield* world.accounts.accept(name, [password])
    }
    yield* world.accounts.cut
    yield* awaitNobodyReady(world).pipe(Effect.timeout(patienceMs))
    const said = yield* Effect.forEach(world.programs, readiness, { concurrency: "unbounded" })
    for (const [name, password] of right) yield* store.write(name, { current: password })
    const times = yield* Effect.forEach(world.programs, (program) => timeToReady(program, patienceMs), {
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
