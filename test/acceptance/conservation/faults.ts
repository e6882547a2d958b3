import { Effect } from "effect"
import { request } from "../../support/request.ts"
import { words } from "./Ledger.ts"
import type { Act, Fault, Plan, PlatformTrouble } from "./Plan.ts"
import type { Stack } from "./Stack.ts"

const behaviours: Readonly<Record<PlatformTrouble, object>> = {
  error: { status: 500 },
  overload: { status: 429, retryAfter: 1 },
  timeout: { status: 200, delayMs: 2_500 }
}

const behave = (stack: Pick<Stack, "urls">, behaviour: object) =>
  request(`${stack.urls.platform}/behaviour`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...behaviour, refuseContaining: words.refused })
  }).pipe(Effect.orDie)

/** The platform as it should be: it takes everything but what it never takes. */
export const heal = (stack: Pick<Stack, "urls">) => Effect.asVoid(behave(stack, {}))

const play = (stack: Stack, fault: Fault): Effect.Effect<void> => {
  switch (fault._tag) {
    case "kill":
      return stack.kill(fault.program)
    case "killRedis":
      return stack.redis.kill.pipe(Effect.andThen(Effect.sleep(fault.downMs)), Effect.andThen(stack.redis.start))
    case "stopPostgres":
      return stack.postgres.stop.pipe(Effect.andThen(Effect.sleep(fault.downMs)), Effect.andThen(stack.postgres.start))
    case "platform":
      return behave(stack, behaviours[fault.how]).pipe(Effect.andThen(Effect.sleep(fault.forMs)), Effect.asVoid)
  }
}

/** Plays all acts of the plan at their times, each going on beside the others, and ends when the last has. */
export const playAll = (stack: Stack, plan: Plan): Effect.Effect<void> => {
  const lastPlatform = plan.acts.findLast(({ fault }) => fault._tag === "platform")
  const perform = (act: Act) =>
    Effect.sleep(act.atMs).pipe(
      Effect.andThen(play(stack, act.fault)),
      Effect.andThen(act === lastPlatform ? heal(stack) : Effect.void)
    )
  return Effect.forEach(plan.acts, perform, { concurrency: "unbounded", discard: true })
}
