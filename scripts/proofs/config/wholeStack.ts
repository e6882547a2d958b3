import { Effect } from "effect"
import type { Answer } from "../../../test/services/web-ui/harness.ts"
import { type FourPrograms, fourPrograms } from "../../../test/support/fourPrograms.ts"

/** Asks one of the programs; the answer's status and what it says. */
export const asking = (key: string) => (method: string, url: string, body?: unknown) =>
  Effect.promise(async (signal): Promise<Pick<Answer, "status" | "body">> => {
    const answer = await fetch(url, {
      method,
      headers: { "x-api-key": key, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal
    })
    return { status: answer.status, body: await answer.json() }
  })

const until = <A, E, R>(look: Effect.Effect<A, E, R>, condition: (found: A) => boolean): Effect.Effect<A, E, R> =>
  Effect.flatMap(
    look,
    (found) =>
      condition(found) ? Effect.succeed(found) : Effect.andThen(Effect.sleep("2 millis"), until(look, condition))
  )

const elapsed = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function*() {
    const from = performance.now()
    yield* effect
    return performance.now() - from
  })

/** Waits until every one of the four programs runs the version. */
const allRun = ({ keys, programs }: FourPrograms, version: number) =>
  Effect.forEach(
    Object.values(programs),
    ({ url }) => until(asking(keys.viewer)("GET", `${url}/admin/config`), ({ body }) => body.config.version >= version),
    {
      concurrency: "unbounded",
      discard: true
    }
  )

/**
 * A change while Redis is away; how it was answered, and milliseconds from Redis' return until all four programs run
 * it.
 */
export const outage = Effect.gen(function*() {
  const stack = yield* fourPrograms()
  const { keys, programs, redis } = stack
  yield* redis.stop
  const url = `${programs["web-ui"].url}/api/v1/config/moog_rate_limit`
  const { body, status } = yield* asking(keys.admin)("PUT", url, { value: 33 })
  yield* redis.start
  const ms = yield* elapsed(allRun(stack, body.version))
  return { status, propagated: body.propagated, instances: body.instances.length, ms }
}).pipe(Effect.scoped)

/** Milliseconds from sending a change of a rule until the alerter decides by it, change by change. */
export const ruleChanges = (count: number) =>
  Effect.gen(function*() {
    const { keys, programs } = yield* fourPrograms()
    const rules = `${programs["web-ui"].url}/api/v1/rules`
    const ask = asking(keys.operator)
    const { body: { rules: [first] } } = yield* ask("GET", rules)
    const state = Effect.map(
      ask("GET", `${programs.alerter.url}/readyz`),
      ({ body }) => /version (\d+)/.exec(JSON.stringify(body))?.[1] ?? ""
    )
    const took: Array<number> = []
    for (let n = 0; n < count; n++) {
      const before = yield* state
      took.push(
        yield* elapsed(Effect.andThen(
          ask("PUT", `${rules}/${first.id}`, { priority: 100 + n }),
          until(state, (now) => now !== before)
        ))
      )
    }
    return took
  }).pipe(Effect.scoped)
