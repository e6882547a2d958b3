import { Effect, Option } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import type { RotationStatus, RotationStepped } from "../../src/domain/Rotation.ts"
import { type Api, apiCommand, blockerLine, CommandFailed } from "./api.ts"
import { because, reason } from "./change.ts"
import { answer, print, table } from "./output.ts"

const secret = Argument.String("secret").pipe(
  Argument.withDescription("DB_PASS, REDIS_PASS, or the name of an API key")
)
const force = Flag.Boolean("force").pipe(
  Flag.withDefault(false),
  Flag.withDescription("Do it in spite of what blocks it; needs --reason")
)
const auto = Flag.Boolean("auto").pipe(
  Flag.withDefault(false),
  Flag.withDescription("Go on to the end by itself, each step when it may")
)
const wait = Flag.Int("wait").pipe(
  Flag.withDefault(30),
  Flag.filter((n) => n >= 0 && n <= 60, (n) => `${n} is not between 0 and 60`),
  Flag.withDescription("Seconds to wait for what blocks a step to go away")
)

type StepFlags = { readonly reason: Option.Option<string>; readonly force: boolean; readonly wait: number }

const payloadOf = ({ force, reason, wait }: StepFlags) => ({
  ...because(reason),
  ...(force ? { force } : {}),
  wait: wait * 1_000
})

const statusWords = (status: RotationStatus): ReadonlyArray<string> => {
  const { blocks, direction, driver, missing, next_step, outcome, state, stopped } = status
  const back = direction === "back" && state !== "STEADY" ? " on its way back" : ""
  const end = outcome === null ? `opened by ${status.opened_by ?? "?"}` : outcome
  const head = status.id === null
    ? `${status.secret} is ${state}; it was never rotated.`
    : `${status.secret} is ${state}${back} since ${status.since ?? "?"}, ${end}.`
  const rows = status.instances.map((one) => [
    one.program,
    one.instance,
    slotsText(one.slots, " "),
    one.generation === null ? "" : `g${one.generation}`,
    generations(one.connections),
    generations(one.sessions),
    one.proof === null ? "" : one.proof.ok ? "ok" : one.proof.detail,
    `${(one.seen_ms / 1_000).toFixed(1)} s ago${one.stale ? ", stale" : ""}`
  ])
  return [
    head,
    `store: ${slotsText(status.slots, ", ")}`,
    ...(driver === null
      ? []
      : [`${driver.instance} goes on with it by itself; it said so ${(driver.seen_ms / 1_000).toFixed(1)} s ago.`]),
    ...(stopped === null ? [] : [stopped]),
    ...(next_step === null
      ? []
      : [`next: ${next_step}${blocks.length === 0 ? "" : ", blocked:"}`, ...blocks.map(blockerLine)]),
    ...missing,
    ...(rows.length === 0
      ? []
      : ["", ...table(["program", "instance", "holds", "", "connections", "at the server", "proof", "seen"], rows)])
  ]
}

const slotsText = (slots: Readonly<Record<string, string>>, separator: string) =>
  Object.entries(slots).map(([slot, value]) => `${slot} ${value}`).join(separator)

const generations = (counts: Readonly<Record<string, number>> | null) =>
  counts === null ? "-" : Object.entries(counts).map(([generation, open]) => `${open} x g${generation}`).join(" ")

const steppedWords = (done: RotationStepped): ReadonlyArray<string> => [
  ...done.passed.map((block) => `passed by force:${blockerLine(block)}`),
  ...done.may_break,
  `${done.secret} is ${done.state}${done.next_step === null ? "" : `; next: ${done.next_step}`}.`
]

/** Follows a rotation that goes on by itself, a line for each step, until it ends or stops. */
const follow = ({ rotation }: Api, secret: string, json: boolean, seenBefore: number) =>
  Effect.gen(function*() {
    let seen = seenBefore
    let waiting = ""
    while (true) {
      const status = yield* rotation.status({ params: { secret } }).pipe(
        // The program that is asked may itself be on its way to the new password.
        Effect.retry({ times: 20, while: (error) => error._tag === "Unavailable" || error._tag === "HttpClientError" })
      )
      for (const entry of status.steps.filter(({ seq }) => seq > seen)) {
        seen = entry.seq
        if (!json && entry.phase !== "intent") {
          yield* print([`${entry.at}  ${entry.step} ${entry.phase}  ${entry.state}  ${entry.detail}`.trimEnd()])
        }
      }
      const lines = status.blocks.map(blockerLine)
      const blocked = lines.join("\n")
      if (!json && blocked !== "" && blocked !== waiting) yield* print([`waiting to ${status.next_step}:`, ...lines])
      waiting = blocked
      if (status.closed_at !== null || status.driver === null) {
        const end = status.outcome === null ? "" : `: ${status.outcome}`
        yield* answer(json, status, `${secret} is ${status.state}${end}.`)
        if (status.closed_at !== null) return
        if (status.kind === "key" && status.state === "PROMOTED") {
          return yield* json ? Effect.void : print([status.stopped ?? ""])
        }
        return yield* new CommandFailed({ message: status.stopped ?? "nobody goes on with it", more: lines })
      }
      if (status.driver.seen_ms > 15_000) {
        return yield* new CommandFailed({
          message: `${status.driver.instance} has stopped in the middle of it. Go on with: mutt rotate resume ${secret}`
        })
      }
      yield* Effect.sleep("500 millis")
    }
  })

const start = apiCommand(
  "start",
  "Open a rotation: put a new value beside the one in use",
  { secret, auto, reason },
  function*(api, at, json) {
    const done = yield* api.rotation.start({
      params: { secret: at.secret },
      payload: { ...(at.auto ? { auto: true } : {}), ...because(at.reason) }
    })
    if (!at.auto) return yield* answer(json, done, steppedWords(done))
    yield* follow(api, at.secret, json, 0)
  }
)

const status = apiCommand("status", "Where it stands, who holds which value, and what blocks the next step", {
  secret: Argument.optional(secret)
}, function*(api, at, json) {
  if (Option.isSome(at.secret)) {
    const found = yield* api.rotation.status({ params: { secret: at.secret.value } })
    return yield* answer(json, found, statusWords(found))
  }
  const found = yield* api.rotation.list({})
  const rows = found.secrets.map((one) => [
    one.secret,
    one.state,
    one.next_step ?? "",
    one.since ?? "never",
    one.outcome ?? "",
    one.blocks.length === 0 ? "" : `blocked by ${one.blocks.length}`
  ])
  yield* answer(json, found, table(["secret", "state", "next", "since", "", ""], rows))
})

const step = (name: "apply" | "verify" | "promote" | "drain" | "retire", description: string) =>
  apiCommand(name, description, { secret, reason, force, wait }, function*(api, at, json) {
    const done = yield* api.rotation[name]({ params: { secret: at.secret }, payload: payloadOf(at) })
    yield* answer(json, done, steppedWords(done))
  })

const unattended = (name: "rollback" | "resume", description: string) =>
  apiCommand(name, description, { secret, reason, force, wait }, function*(api, at, json) {
    const before = yield* api.rotation.status({ params: { secret: at.secret } })
    yield* api.rotation[name]({ params: { secret: at.secret }, payload: payloadOf(at) })
    yield* follow(api, at.secret, json, before.steps.at(-1)?.seq ?? 0)
  })

export const rotate = Command.make("rotate").pipe(
  Command.withDescription("Passwords and keys, changed while everything runs"),
  Command.withSubcommands([
    start,
    status,
    step("apply", "Let the server take the new password"),
    step("verify", "Let every process log in with the new password"),
    step("promote", "Make the new value the one in use"),
    step("drain", "See that nobody uses the old password any more"),
    step("retire", "Take the old value away; there is no way back from here"),
    unattended("rollback", "Turn back, until all is as it was"),
    unattended("resume", "Go on by itself from wherever it stands")
  ])
)
