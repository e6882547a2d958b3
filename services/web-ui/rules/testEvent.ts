import { Clock, Effect } from "effect"
import type { Invalid } from "../../../src/api/shared/Problems.ts"
import type { TrialEvent } from "../../../src/api/web-ui/Rules.ts"
import { Refusal } from "../../../src/decode/ReceiveContext.ts"
import { typedEvent } from "../../../src/decode/typedEvent.ts"
import type { Event } from "../../../src/domain/Event.ts"
import { invalid } from "./ruleCodec.ts"

/** Makes the event to test, as if it arrived now. */
export const testEvent = (trial: TrialEvent): Effect.Effect<Event, Invalid> =>
  Effect.flatMap(Clock.currentTimeMillis, (at) => {
    const event = typedEvent(trial, at)
    return event instanceof Refusal
      ? Effect.fail(invalid([{ field: "line", message: `cannot be read. ${event.detail}` }]))
      : Effect.succeed(event)
  })
