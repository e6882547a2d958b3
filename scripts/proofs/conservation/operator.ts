import { Effect, Schema } from "effect"
import { request } from "../../../test/support/request.ts"
import type { StackRule } from "./setUp.ts"
import type { Stack } from "./Stack.ts"

const Made = Schema.fromJsonString(Schema.Struct({ id: Schema.Int }))

/** Asks a web-ui for a change. One that is away, or whose PostgreSQL is, makes none: then the run goes on without. */
const change = ({ keys, members }: Stack, path: string, body: object) =>
  Effect.firstSuccessOf(members["web-ui"].map(({ url }) =>
    request(`${url}/api/v1${path}`, {
      method: "POST",
      headers: { "x-api-key": keys.operator, "content-type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(5_000)
    }).pipe(Effect.filterOrFail(({ ok }) => ok, ({ status }) => new Error(`${path} was answered ${status}`)))
  ))

export const applyRules = (stack: Stack, rules: ReadonlyArray<StackRule>): Effect.Effect<void> =>
  change(stack, "/rules/apply", {
    reason: "others",
    rules: rules.map(({ handling, match, type }, index) => ({
      name: match.replaceAll(" ", "-"),
      match_type: type,
      match_string: match,
      priority: index,
      prod_handling: handling,
      dev_handling: handling,
      team_assignment: "NETO"
    }))
  }).pipe(Effect.ignore)

/** Silences hosts for some time, as somebody does who ends it by hand. */
export const silence = (stack: Stack, hosts: ReadonlyArray<string>, forMs: number): Effect.Effect<void> =>
  Effect.gen(function*() {
    const made = yield* change(stack, "/silences", {
      match: { hosts },
      starts_at: new Date(Date.now()).toISOString(),
      ends_at: new Date(Date.now() + 3_600_000).toISOString(),
      comment: "a random silence"
    })
    const { id } = yield* Schema.decodeUnknownEffect(Made)(yield* Effect.tryPromise(() => made.text()))
    yield* Effect.sleep(forMs)
    yield* change(stack, `/silences/${id}/end`, {})
  }).pipe(Effect.ignore)
