import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Layer, Logger } from "effect"
import { TestClock } from "effect/testing"
import { SecretWriter } from "../../../../layers/secret/SecretWriter.ts"
import { CredentialTargets } from "../../../../services/web-ui/rotation/CredentialTargets.ts"
import { RotationJournal } from "../../../../services/web-ui/rotation/RotationJournal.ts"
import { makeRotationSteps } from "../../../../services/web-ui/rotation/rotationSteps.ts"
import type { RotationStep, SecretKind } from "../../../../src/domain/Rotation.ts"
import { nextStep } from "../../../../src/logic/rotationPlan.ts"
import { ConfigAuditMemory } from "../../../layers/audit/ConfigAuditMemory.ts"
import { type Fleet, makeFleet } from "./fleet.ts"
import { RotationJournalMemory } from "./RotationJournalMemory.ts"

const author = { actor: "tester", reason: "a test", correlationId: "c" }

/** After how many calls to the world a controller is killed, before or after the last of them takes effect; 0: it lives. */
interface Death {
  readonly after: number
  readonly done: boolean
}

type Move =
  | { readonly _tag: "start" | "next" | "settledNext" | "rollback"; readonly death: Death }
  | { readonly _tag: "refresh" | "reconnect" | "join" | "leave" | "silence"; readonly who: string }
  | { readonly _tag: "twice" | "settle" | "wait" }

/** The same numbers for the same seed (mulberry32), so that a failure can be played again. */
const numbers = (seed: number) => {
  let state = seed
  return (below: number): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

/** Most rotations must come far, so steps with everybody up to date are frequent, and every other controller lives. */
const movesOf = (seed: number): ReadonlyArray<Move> => {
  const below = numbers(seed)
  const death = () => ({ after: below(2) * (1 + below(7)), done: below(2) === 1 })
  const who = () => ["a", "b", "c"][below(3)] ?? "a"
  const move = (): Move => {
    const kind = below(32)
    if (kind < 10) return { _tag: "settledNext", death: death() }
    if (kind < 14) return { _tag: "next", death: death() }
    if (kind < 17) return { _tag: "rollback", death: death() }
    if (kind < 20) return { _tag: "start", death: death() }
    if (kind === 20) return { _tag: "twice" }
    if (kind === 21) return { _tag: "wait" }
    if (kind === 22) return { _tag: "settle" }
    const tags = ["refresh", "reconnect", "join", "leave", "silence"] as const
    return { _tag: tags[below(tags.length)] ?? "join", who: who() }
  }
  return Array.from({ length: 20 + below(40) }, move)
}

/** The world of a controller that is killed at its `after`th call: what it called before stays done, nothing else happens. */
const mortal = (statuses: Fleet, journal: RotationJournal["Service"], death: Death) => {
  let left = death.after === 0 ? Number.POSITIVE_INFINITY : death.after
  const call = <A, E, R>(work: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.suspend(() => {
      left -= 1
      if (left > 0) return work
      return death.done ? Effect.andThen(Effect.exit(work), Effect.die("killed")) : Effect.die("killed")
    })
  const { postgres, redis } = statuses.login
  const server = (one: typeof postgres) => ({
    ...one,
    accept: (value: Parameters<typeof one.accept>[0]) => call(one.accept(value)),
    revoke: (value: Parameters<typeof one.revoke>[0]) => call(one.revoke(value))
  })
  return Layer.mergeAll(
    Layer.succeed(SecretWriter, {
      read: statuses.store.writer.read,
      write: (values, version) => call(statuses.store.writer.write(values, version))
    }),
    Layer.succeed(CredentialTargets, { postgres: server(postgres), redis: server(redis) }),
    Layer.succeed(RotationJournal, {
      ...journal,
      open: (...args) => call(journal.open(...args)),
      intend: (...args) => call(journal.intend(...args)),
      done: (...args) => call(journal.done(...args))
    })
  )
}

const alive = { after: 0, done: false }

const play = (kind: SecretKind, moves: ReadonlyArray<Move>) =>
  Effect.gen(function*() {
    const statuses = yield* makeFleet(kind)
    const journal = yield* RotationJournal
    const { secret } = statuses
    yield* Effect.forEach(["a", "b"], statuses.join)
    const done = new Set<string>()

    const engine = (death: Death) =>
      makeRotationSteps.pipe(Effect.provide(mortal(statuses, journal, death)), Effect.provide(statuses.layer))
    const advance = (death: Death) =>
      Effect.flatMap(engine(death), (one) =>
        one.doStep(
          secret,
          ({ kind, pending, state }) => Effect.succeed<RotationStep>(pending ?? nextStep(kind, state)),
          author,
          false
        ))
    const rollback = (death: Death) =>
      Effect.flatMap(engine(death), (one) => one.doStep(secret, one.backwards, author, false))
    const start = (death: Death) => Effect.flatMap(engine(death), (one) => one.start(secret, author))

    /** Nobody is locked out, and no password that a server takes is known to it alone. */
    const sound = (what: string) =>
      Effect.gen(function*() {
        const { current, next, previous } = yield* statuses.slots
        const kept = [current, next, previous]
        if (kind === "key") {
          // Callers come with CURRENT, and with PREVIOUS as long as there is one.
          for (const { held, instance } of statuses.processes.values()) {
            for (const value of previous === undefined ? [current] : [current, previous]) {
              assert.include(held, value, `${instance} refuses a caller after ${what}`)
            }
          }
          return
        }
        const accepted = statuses.accepted()
        for (const { held, instance } of statuses.processes.values()) {
          assert.isTrue(held.some((value) => accepted.has(value)), `${instance} is locked out after ${what}`)
        }
        assert.isTrue(
          (yield* statuses.readable).some((value) => accepted.has(value)),
          `a newcomer is locked out after ${what}`
        )
        if (kind === "redis") {
          for (const { connection, instance } of statuses.processes.values()) {
            assert.isTrue(accepted.has(connection.value), `${instance} is logged in with what is retired after ${what}`)
          }
        }
        for (const value of accepted) assert.include(kept, value, `a password is lost after ${what}`)
      })

    /** What was CURRENT before the rotation that is open, or was open last. */
    let before = "old"
    const asSaid = Effect.gen(function*() {
      const record = yield* journal.find(secret)
      const { current } = yield* statuses.slots
      if (record?.outcome === "completed") assert.notStrictEqual(current, before, "nothing was rotated")
      if (record?.outcome === "rolled_back") assert.strictEqual(current, before, "nothing was rolled back")
    })

    for (const move of moves) {
      const process = "who" in move ? statuses.processes.get(move.who) : undefined
      switch (move._tag) {
        case "start": {
          const [last, { current }] = [yield* journal.find(secret), yield* statuses.slots]
          yield* Effect.exit(start(move.death))
          if ((yield* journal.find(secret))?.id !== last?.id) before = current
          break
        }
        case "settledNext":
          yield* statuses.settle
          yield* Effect.exit(advance(move.death))
          break
        case "next":
          yield* Effect.exit(advance(move.death))
          break
        case "twice":
          yield* Effect.all([Effect.exit(advance(alive)), Effect.exit(advance(alive))], { concurrency: 2 })
          break
        case "rollback":
          yield* Effect.exit(rollback(move.death))
          break
        case "settle":
          yield* statuses.settle
          break
        case "refresh":
          if (process !== undefined && process.silentSince === undefined) yield* statuses.refresh(process)
          break
        case "reconnect":
          if (process !== undefined) assert.isTrue(kind === "key" || statuses.logIn(process), "a reconnect is refused")
          break
        case "join":
          if (process === undefined) {
            assert.isTrue((yield* statuses.join(move.who)) || kind === "key", "a newcomer is refused")
          }
          break
        case "leave":
          // Somebody is always left, or nobody could be asked.
          if (statuses.processes.size > 1) {
            statuses.processes.delete(move.who)
          }
          break
        case "silence":
          if (process !== undefined) {
            process.silentSince = process.silentSince === undefined
              ? yield* Effect.clockWith((c) => c.currentTimeMillis)
              : undefined
          }
          break
        case "wait":
          yield* TestClock.adjust("6 seconds")
      }
      yield* sound(move._tag)
      yield* asSaid
      const record = yield* journal.find(secret)
      for (const entry of record === undefined ? [] : yield* journal.entries(record.id)) {
        if (entry.phase === "done") done.add(entry.step)
      }
    }

    // Whatever happened, it can be finished.
    for (const one of statuses.processes.values()) one.silentSince = undefined
    for (let round = 0; round < 20; round++) {
      const record = yield* journal.find(secret)
      if (record === undefined || record.closedAt !== null) break
      yield* statuses.settle
      const exit = yield* Effect.exit(advance(alive))
      assert.isTrue(Exit.isSuccess(exit), `it does not go on: ${JSON.stringify(exit)}`)
      yield* sound("finishing")
    }
    yield* asSaid
    const record = yield* journal.find(secret)
    assert.isTrue(record === undefined || record.closedAt !== null, "it does not end")
    const { current, next, previous } = yield* statuses.slots
    if (record !== undefined) assert.deepStrictEqual([next, previous], [undefined, undefined])
    if (kind !== "key") assert.deepStrictEqual([...statuses.accepted()], [current])
    return done
  }).pipe(
    Effect.provide(RotationJournalMemory.pipe(Layer.provide(ConfigAuditMemory), Layer.fresh)),
    Effect.provide(Logger.layer([]))
  )

describe("rotations, in whatever order things happen and whenever a controller is killed", () => {
  for (const kind of ["postgres", "redis", "key"] as const) {
    it.effect(`${kind}: nobody is locked out, no password is lost, and it ends`, () =>
      Effect.gen(function*() {
        const steps = new Set<string>()
        for (let seed = 1; seed <= 150; seed++) {
          const done = yield* play(kind, movesOf(seed)).pipe(
            Effect.tapDefect((error) => Effect.sync(() => process.stderr.write(`seed ${seed}: ${String(error)}\n`)))
          )
          for (const step of done) steps.add(step)
        }
        const all: ReadonlyArray<string> = kind === "key"
          ? ["discard", "promote", "retire", "stage", "turn"]
          : ["apply", "drain", "promote", "retire", "revert", "stage", "turn", "verify"]
        assert.includeMembers([...steps], [...all])
      }))
  }
})
