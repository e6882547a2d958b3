import { Clock, Effect } from "effect"
import type { EventSpan } from "../../../layers/audit/EventReader.ts"
import type { Invalid } from "../../../src/api/shared/Problems.ts"
import type { BacktestAsked } from "../../../src/api/web-ui/Backtests.ts"
import { invalid } from "../rules/ruleCodec.ts"

const dayMs = 86_400_000
/** The result has a row for each hour. */
const mostDays = 31

/** Which recorded events are meant. */
export const spanOf = ({ from, hostname, sample = 1, to }: BacktestAsked): Effect.Effect<EventSpan, Invalid> =>
  Effect.flatMap(Clock.currentTimeMillis, (now) => {
    const end = to === undefined ? now : Date.parse(to)
    const begin = from === undefined ? end - dayMs : Date.parse(from)
    const wrong = begin >= end
      ? "Is not before `to`"
      : end - begin > mostDays * dayMs
      ? `Is more than ${mostDays} days before \`to\``
      : undefined
    return wrong === undefined
      ? Effect.succeed({ from: begin, to: end, sample, hosts: hostname === undefined ? undefined : [hostname] })
      : Effect.fail(invalid([{ field: "from", message: wrong }]))
  })
