import { Effect, Option } from "effect"
import { Command, Flag } from "effect/cli"
import { apiCommand } from "./api.ts"
import { answer, printError } from "./output.ts"
import { timeBefore, timeText } from "./timeFlags.ts"

/** These commands change what cannot be changed back, so each says why. */
export const mandatoryReason = Flag.String("reason").pipe(
  Flag.withAlias("r"),
  Flag.withDescription("Why; kept in the audit")
)

const dryRun = Flag.Boolean("dry-run").pipe(Flag.withDefault(false), Flag.withDescription("Count only"))

const resume = Flag.String("resume").pipe(
  Flag.optional,
  Flag.withDescription("Go on where an interrupted run had come to, as it said; without, from the beginning")
)

/** Asks step by step until all is done, and says after each how far it is and where an interrupted run goes on. */
const stepByStep = Effect.fnUntraced(function*<A extends { readonly next?: string }, E, R>(
  resume: Option.Option<string>,
  ask: (after: { readonly after?: string }) => Effect.Effect<A, E, R>,
  words: (step: A) => string
) {
  const steps: Array<A> = []
  let after = Option.getOrUndefined(resume)
  do {
    const step: A = yield* ask(after === undefined ? {} : { after })
    steps.push(step)
    after = step.next
    if (after !== undefined) yield* printError([`${words(step)}; --resume ${after}`])
  } while (after !== undefined)
  return steps
})

const sum = <A>(steps: ReadonlyArray<A>, of: (step: A) => number) => steps.reduce((all, step) => all + of(step), 0)

const record = apiCommand(
  "record",
  "After PostgreSQL was restored: write the rows of alerts that Redis still has and the record lost",
  { reason: mandatoryReason, dryRun, resume },
  function*(api, { dryRun, reason, resume }, json) {
    const ask = (after: { readonly after?: string }) =>
      api.recovery.record({ payload: { reason, ...after, ...(dryRun ? { dry_run: true } : {}) } })
    const steps = yield* stepByStep(resume, ask, ({ there, written }) => `${written} rows written, ${there} were there`)
    const found = {
      written: sum(steps, (one) => one.written),
      there: sum(steps, (one) => one.there),
      meta: sum(steps, (one) => one.meta),
      unreadable: sum(steps, (one) => one.unreadable),
      events_waiting: steps.at(-1)?.events_waiting ?? 0
    }
    yield* answer(json, found, [
      `${found.written} rows ${dryRun ? "would be written" : "written"}, ${found.there} were there.`,
      ...(found.meta === 0 ? [] : [`${found.meta} meta-alerts have no row of their own.`]),
      ...(found.unreadable === 0 ? [] : [`${found.unreadable} alerts cannot be made rows of; the log says why.`]),
      `${found.events_waiting} events wait; alerters write their rows.`
    ])
  }
)

const alerts = apiCommand(
  "alerts",
  "After Redis was lost: hand the alerts of forwarded events over again, each with the id that the platform knows it by",
  {
    from: Flag.String("from").pipe(
      Flag.withDescription("Of events recorded since: a time such as 2026-08-22T10:00Z, or how long ago: 90m, 24h, 7d")
    ),
    delivered: Flag.Boolean("delivered").pipe(
      Flag.withDefault(false),
      Flag.withDescription("Those too whose delivery is in the record: when the platform lost them")
    ),
    reason: mandatoryReason,
    dryRun,
    resume
  },
  function*(api, { delivered, dryRun, from, reason, resume }, json) {
    const since = { from: timeText(yield* timeBefore("from", from)) }
    const more = { ...(delivered ? { delivered } : {}), ...(dryRun ? { dry_run: true } : {}) }
    const steps = yield* stepByStep(
      resume,
      (after) => api.recovery.alerts({ payload: { ...since, reason, ...more, ...after } }),
      (step) => `${step.handed_over} handed over up to ${step.reached}, ${step.waiting} on their way`
    )
    const found = {
      found: sum(steps, (one) => one.found),
      handed_over: sum(steps, (one) => one.handed_over),
      known: sum(steps, (one) => one.known),
      unreadable: sum(steps, (one) => one.unreadable),
      waiting: steps.at(-1)?.waiting ?? 0
    }
    yield* answer(json, found, [
      `${found.found} forwarded events ${delivered ? "" : "without a recorded delivery "}since ${since.from}.`,
      dryRun
        ? `${found.handed_over} alerts would be handed over again.`
        : `${found.handed_over} alerts handed over again, ${found.known} were on their way or had just been.`,
      ...(found.unreadable === 0 ? [] : [`${found.unreadable} events of the record cannot be read.`])
    ])
  }
)

export const recover = Command.make("recover").pipe(
  Command.withDescription("Bring back from one server what another one lost"),
  Command.withSubcommands([record, alerts])
)
