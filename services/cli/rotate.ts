import { Effect, Option } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import type { RotationStatus, RotationStepped } from "../../src/domain/Rotation.ts"
import { Api, CommandFailed, connection, withApi } from "./api.ts"
import { answer, print, table } from "./output.ts"

const secret = Argument.String("secret").pipe(
  Argument.withDescription("DB_PASS, REDIS_PASS, or the name of an API key")
)
const reason = Flag.String("reason").pipe(
  Flag.withAlias("r"),
  Flag.optional,
  Flag.withDescription("Why; kept in the audit")
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

type Asked = { readonly reason: Option.Option<string>; readonly force: boolean; readonly wait: number }

const payloadOf = ({ force, reason, wait }: Asked) => ({
  ...Option.match(reason, { onNone: () => ({}), onSome: (reason) => ({ reason }) }),
  ...(force ? { force } : {}),
  wait: wait * 1_000
})

const blockLine = ({ code, detail, who }: RotationStatus["blocks"][number]) => `  ${code}: ${`${who} ${detail}`.trim()}`

/** Who holds what, one line for each process. */
const statusWords = (status: RotationStatus): ReadonlyArray<string> => {
  const { blocks, direction, driver, missing, next_step, outcome, state, stopped } = status
  const head = status.id === null
    ? `${status.secret} is ${state}; it was never rotated.`
    : `${status.secret} is ${state}${direction === "back" && state !== "STEADY" ? " on its way back" : ""} since ${
      status.since ?? "?"
    }` +
      `${outcome === null ? `, opened by ${status.opened_by ?? "?"}` : `, ${outcome}`}.`
  const named = Object.entries(status.slots).map(([slot, value]) => `${slot} ${value}`).join(", ")
  const rows = status.instances.map((one) => [
    one.program,
    one.instance,
    Object.entries(one.slots).map(([slot, value]) => `${slot} ${value}`).join(" "),
    one.generation === null ? "" : `g${one.generation}`,
    generations(one.connections),
    generations(one.sessions),
    one.proof === null ? "" : one.proof.ok ? "ok" : one.proof.detail,
    `${(one.seen_ms / 1_000).toFixed(1)} s ago${one.stale ? ", stale" : ""}`
  ])
  return [
    head,
    `store: ${named}`,
    ...(driver === null
      ? []
      : [`${driver.instance} goes on with it by itself; it said so ${(driver.seen_ms / 1_000).toFixed(1)} s ago.`]),
    ...(stopped === null ? [] : [stopped]),
    ...(next_step === null
      ? []
      : [`next: ${next_step}${blocks.length === 0 ? "" : ", blocked:"}`, ...blocks.map(blockLine)]),
    ...missing,
    ...(rows.length === 0
      ? []
      : ["", ...table(["program", "instance", "holds", "", "connections", "at the server", "proof", "seen"], rows)])
  ]
}

const generations = (counts: Readonly<Record<string, number>> | null) =>
  counts === null ? "-" : Object.entries(counts).map(([generation, open]) => `${open} x g${generation}`).join(" ")

/** Blocked and refused commands end with exit code 1 and say why, a line for each thing that blocks. */
const withBlocks = <A, E extends { readonly _tag: string }, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.mapError(effect, (error) => {
    const blocks = "blocks" in error && Array.isArray(error.blocks) ? error.blocks : []
    return error._tag === "RotationBlocked" && blocks.length > 0
      ? new CommandFailed({ message: "it is blocked:", more: blocks.map(blockLine) })
      : error
  })

const doneWords = (done: RotationStepped): ReadonlyArray<string> => [
  ...done.passed.map((block) => `passed by force:${blockLine(block)}`),
  ...done.may_break,
  `${done.secret} is ${done.state}${done.next_step === null ? "" : `; next: ${done.next_step}`}.`
]

/** Follows a rotation that goes on by itself, with a line for each thing that happens, until it ends or stops. */
const follow = (secret: string, json: boolean, seenBefore: number) =>
  Effect.gen(function*() {
    const api = yield* Api
    let seen = seenBefore
    let waiting = ""
    while (true) {
      const status = yield* api.rotation.status({ params: { secret } }).pipe(
        // The program that is asked may itself be on its way to the new password.
        Effect.retry({ times: 20, while: (error) => error._tag === "Unavailable" || error._tag === "HttpClientError" })
      )
      for (const entry of status.steps.filter(({ seq }) => seq > seen)) {
        seen = entry.seq
        if (!json && entry.phase !== "intent") {
          yield* print([`${entry.at}  ${entry.step} ${entry.phase}  ${entry.state}  ${entry.detail}`.trimEnd()])
        }
      }
      const lines = status.blocks.map(blockLine)
      const blocked = lines.join("\n")
      if (!json && blocked !== "" && blocked !== waiting) yield* print([`waiting to ${status.next_step}:`, ...lines])
      waiting = blocked
      if (status.closed_at !== null || status.driver === null) {
        yield* answer(
          json,
          status,
          `${secret} is ${status.state}${status.outcome === null ? "" : `: ${status.outcome}`}.`
        )
        if (status.closed_at !== null) return
        if (status.kind === "key" && status.state === "PROMOTED") {
          return yield* json ? Effect.void : print([status.stopped ?? ""])
        }
        return yield* new CommandFailed({
          message: status.stopped ?? "nobody goes on with it",
          more: lines
        })
      }
      if (status.driver.seen_ms > 15_000) {
        return yield* new CommandFailed({
          message: `${status.driver.instance} has stopped in the middle of it. Go on with: mutt rotate resume ${secret}`
        })
      }
      yield* Effect.sleep("500 millis")
    }
  })

const lastSeq = (status: RotationStatus) => status.steps.at(-1)?.seq ?? 0

const start = Command.make("start", { ...connection, secret, auto, reason }, (at) =>
  withApi(
    at,
    withBlocks(Effect.gen(function*() {
      const done = yield* (yield* Api).rotation.start({
        params: { secret: at.secret },
        payload: {
          ...(at.auto ? { auto: true } : {}),
          ...Option.match(at.reason, { onNone: () => ({}), onSome: (reason) => ({ reason }) })
        }
      })
      if (!at.auto) return yield* answer(at.json, done, doneWords(done))
      yield* follow(at.secret, at.json, 0)
    }))
  )).pipe(Command.withDescription("Open a rotation: put a new value beside the one in use"))

const status = Command.make("status", { ...connection, secret: Argument.optional(secret) }, (at) =>
  withApi(
    at,
    Effect.gen(function*() {
      const api = yield* Api
      if (Option.isSome(at.secret)) {
        const found = yield* api.rotation.status({ params: { secret: at.secret.value } })
        return yield* answer(at.json, found, statusWords(found))
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
      yield* answer(at.json, found, table(["secret", "state", "next", "since", "", ""], rows))
    })
  )).pipe(Command.withDescription("Where it stands, who holds which value, and what blocks the next step"))

const step = (name: "apply" | "verify" | "promote" | "drain" | "retire", description: string) =>
  Command.make(name, { ...connection, secret, reason, force, wait }, (at) =>
    withApi(
      at,
      withBlocks(Effect.gen(function*() {
        const done = yield* (yield* Api).rotation[name]({ params: { secret: at.secret }, payload: payloadOf(at) })
        yield* answer(at.json, done, doneWords(done))
      }))
    )).pipe(Command.withDescription(description))

const onward = (name: "rollback" | "resume", description: string) =>
  Command.make(name, { ...connection, secret, reason, force, wait }, (at) =>
    withApi(
      at,
      withBlocks(Effect.gen(function*() {
        const api = yield* Api
        const before = yield* api.rotation.status({ params: { secret: at.secret } })
        yield* api.rotation[name]({ params: { secret: at.secret }, payload: payloadOf(at) })
        yield* follow(at.secret, at.json, lastSeq(before))
      }))
    )).pipe(Command.withDescription(description))

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
    onward("rollback", "Turn back, until all is as it was"),
    onward("resume", "Go on by itself from wherever it stands")
  ])
)
