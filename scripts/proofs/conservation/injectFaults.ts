import { Effect } from "effect"
import { request } from "../../../test/support/request.ts"
import type { ProgramName } from "../../stack/Program.ts"
import type { Fault, PlatformTrouble } from "./Fault.ts"
import { words } from "./Ledger.ts"
import { applyRules, silence } from "./operator.ts"
import type { Act, Plan } from "./Plan.ts"
import { allReady, everyMember, type Stack } from "./Stack.ts"

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

/** Makes the platform healthy: it accepts everything but what it always refuses. */
export const heal = (stack: Pick<Stack, "urls">) => Effect.asVoid(behave(stack, {}))

const memberOf = (stack: Stack, { program, replica }: { readonly program: ProgramName; readonly replica: number }) =>
  Effect.orDie(Effect.fromNullishOr(stack.members[program][replica]))

const inject = (stack: Stack, fault: Fault): Effect.Effect<void> => {
  switch (fault._tag) {
    case "kill":
      return Effect.flatMap(memberOf(stack, fault), ({ kill }) => kill)
    case "freeze":
      return Effect.flatMap(memberOf(stack, fault), ({ freeze }) => freeze(fault.forMs))
    case "cut":
      return Effect.flatMap(memberOf(stack, fault), ({ cut }) => cut(fault.server, fault.forMs))
    case "clock":
      return Effect.flatMap(memberOf(stack, fault), ({ setClock }) => setClock(fault.offsetMs))
    case "killRedis":
      return stack.redis.kill.pipe(Effect.andThen(Effect.sleep(fault.downMs)), Effect.andThen(stack.redis.start))
    case "stopPostgres":
      return stack.postgres.stop.pipe(Effect.andThen(Effect.sleep(fault.downMs)), Effect.andThen(stack.postgres.start))
    case "applyRules":
      return applyRules(stack, fault.rules)
    case "silence":
      return silence(stack, fault.hosts, fault.forMs)
    case "platform":
      return behave(stack, behaviours[fault.how]).pipe(Effect.andThen(Effect.sleep(fault.forMs)), Effect.asVoid)
  }
}

/** Sets clocks right, the platform healthy, and as many alerters running as the plan wants. */
export const prepare = (stack: Stack, plan: Plan) =>
  Effect.gen(function*() {
    yield* heal(stack)
    yield* Effect.forEach(everyMember(stack), ({ setClock }) => setClock(0))
    const resting = stack.members.alerter.slice(plan.alerters)
    yield* Effect.forEach(everyMember(stack), (member) => resting.includes(member) ? member.rest : member.resume)
    yield* allReady(stack, resting)
    return resting
  })

/** Injects all faults of the plan at their times, side by side, and ends when the last has. */
export const injectAll = (stack: Stack, plan: Plan): Effect.Effect<void> => {
  const lastPlatform = plan.acts.findLast(({ fault }) => fault._tag === "platform")
  const perform = (act: Act) =>
    Effect.sleep(act.atMs).pipe(
      Effect.andThen(inject(stack, act.fault)),
      Effect.andThen(act === lastPlatform ? heal(stack) : Effect.void)
    )
  return Effect.forEach(plan.acts, perform, { concurrency: "unbounded", discard: true })
}
