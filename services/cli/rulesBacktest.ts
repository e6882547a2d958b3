import { Clock, Effect, Option, Stream } from "effect"
import { Argument, Flag } from "effect/cli"
import type { BacktestAsked, BacktestEvent } from "../../src/api/web-ui/Backtests.ts"
import type { BacktestResult } from "../../src/domain/BacktestResult.ts"
import { type Api, apiCommand, CommandFailed } from "./api.ts"
import { backtestLines } from "./backtestLines.ts"
import { answer, printError } from "./output.ts"
import { readRuleFile } from "./ruleFile.ts"
import { timeBefore, timeText } from "./timeFlags.ts"

const options = {
  file: Argument.String("file").pipe(Argument.withDescription("A file of rules, YAML or JSON")),
  since: Flag.String("since").pipe(
    Flag.withDefault("24h"),
    Flag.withDescription("From when on: how long before the end, or a time")
  ),
  until: Flag.String("until").pipe(Flag.optional, Flag.withDescription("Until when: how long ago, or a time; now")),
  host: Flag.String("host").pipe(Flag.optional, Flag.withDescription("Only this host, or those of a glob")),
  sample: Flag.Int("sample").pipe(
    Flag.withDefault(1),
    Flag.withDescription("Read one event in so many, the same ones each time")
  ),
  limit: Flag.Int("limit").pipe(Flag.optional, Flag.withDescription("Most events to read")),
  against: Flag.Literals("against", ["current", "recorded"]).pipe(
    Flag.withDefault("current"),
    Flag.withDescription("Compare with the rules in force, or with what was decided then")
  ),
  failOnChange: Flag.Boolean("fail-on-change").pipe(
    Flag.withDefault(false),
    Flag.withDescription("End with 1 when an event would be decided otherwise")
  )
}

/** `mutt rules backtest FILE`: what rules would have made of recorded events. */
export const rulesBacktest = apiCommand(
  "backtest",
  "What the rules of a file would have made of recorded events. Ends with 0; with 1 when asked to and an event would be " +
    "decided otherwise; with 2 when the file cannot be used",
  options,
  function*(api, at, json) {
    const { hosts, rules } = yield* readRuleFile(at.file)
    const to = Option.isNone(at.until) ? yield* Clock.currentTimeMillis : yield* timeBefore("until", at.until.value)
    const from = yield* timeBefore("since", at.since, to)
    const result = yield* finished(api, {
      rules,
      ...(hosts === undefined ? {} : { hosts }),
      from: timeText(from),
      to: timeText(to),
      sample: at.sample,
      against: at.against,
      ...Option.match(at.host, { onNone: () => ({}), onSome: (hostname) => ({ hostname }) }),
      ...Option.match(at.limit, { onNone: () => ({}), onSome: (limit) => ({ limit }) })
    })
    yield* answer(json, result, backtestLines(result))
    if (at.failOnChange && result.differing > 0) {
      yield* new CommandFailed({ message: `${result.differing} events would be decided otherwise.` })
    }
  }
)

/** Milliseconds between two lines of progress. */
const progressMs = 2_000

/** The result, with progress on stderr until then. */
const finished = Effect.fnUntraced(function*(api: Api, payload: BacktestAsked) {
  const answered = yield* api.backtests.run({ payload })
  if (!Stream.isStream(answered)) return answered
  let told = yield* Clock.currentTimeMillis
  const tell = Effect.fnUntraced(function*(event: BacktestEvent) {
    if (event.event === "result") return
    const now = yield* Clock.currentTimeMillis
    if (now - told < progressMs) return
    told = now
    const { differing, of, read } = event.data
    yield* printError([`${read.toLocaleString("en")} of about ${of.toLocaleString("en")} events, ${differing} differ`])
  })
  const last = yield* Stream.runLast(Stream.tap(answered, tell))
  const result: BacktestResult | undefined = Option.isSome(last) && last.value.event === "result"
    ? last.value.data
    : undefined
  return result ?? (yield* new CommandFailed({ message: "The answer ended before the result." }))
})
