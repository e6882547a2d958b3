import { Deferred, Effect, Exit, Result, Scope, Semaphore } from "effect"
import type { Redis as IoRedis } from "ioredis"
import { notWritten, onePiece, type Unsent } from "./commandSender.ts"
import { type Durability, type DurableReply, type RedisArgument, RedisFailed } from "./Redis.ts"
import type { RedisSender } from "./RedisClient.ts"

/** Calls that wait at one time, each on a connection of its own: who waits blocks it. */
const connections = 3

/** What the way there and back may take beside the wait itself. */
const graceMs = 50

/** How long an answer that nobody needs any more may still take before its connection is replaced. */
const lateMs = 10

/** Lends connections that block, opened when they are needed. */
export const makeBlockingConnections = (open: Effect.Effect<RedisSender, never, Scope.Scope>) =>
  Effect.map(Effect.scope, (scope) => {
    const idle = new Set<RedisSender>()
    let opened = 0
    const permits = Semaphore.makeUnsafe(connections)
    const take = Effect.suspend(() => {
      // One that was cut a moment ago is being opened again.
      const ready = [...idle].find((sender) => sender.status().connected)
      const [any] = idle
      const known = ready ?? (opened < connections ? undefined : any)
      if (known === undefined) {
        opened++
        return Effect.provideService(open, Scope.Scope, scope)
      }
      idle.delete(known)
      return Effect.succeed(known)
    })
    return <A, E>(use: (sender: RedisSender) => Effect.Effect<A, E>): Effect.Effect<A, E> =>
      Effect.acquireUseRelease(take, use, (sender) => Effect.sync(() => void idle.add(sender))).pipe(
        permits.withPermits(1)
      )
  })

/**
 * Runs a script, then waits until replicas have what it wrote, and then until their disks do.
 *
 * WAIT comes before WAITAOF: a replica tells how far its disk is once a second unless it is asked, and WAIT asks it.
 * All are written in one piece: Valkey 9 answers a WAITAOF that comes a turn later at once when nobody replicates.
 */
export const sendDurably = (
  io: IoRedis,
  script: readonly [string, ...ReadonlyArray<RedisArgument>],
  { replicas, timeoutMs }: Durability,
  answerMs: number
): Effect.Effect<DurableReply, RedisFailed | Unsent> =>
  Effect.suspend(() => {
    if (io.status !== "ready") return notWritten
    const { add, write } = onePiece(io)
    const ran = add(...script)
    const waited = add("WAIT", replicas, timeoutMs)
    const synced = add("WAITAOF", 1, replicas, timeoutMs)
    write()
    const reached = Effect.gen(function*() {
      const received = Number(yield* Deferred.await(waited))
      if (received < replicas) return { local: 0, replicas: received }
      const answer = yield* Effect.result(Deferred.await(synced))
      if (Result.isSuccess(answer)) {
        const [local, kept] = Array.isArray(answer.success) ? answer.success : []
        return { local: Number(local), replicas: Number(kept) }
      }
      // Redis before 7.2 has no WAITAOF: what replicas have received must do.
      return /unknown command/i.test(answer.failure.detail) ? { local: 1, replicas: received } : yield* answer.failure
    }).pipe(
      // The script has run, so its outcome is not that nothing happened.
      Effect.mapError(({ detail }) => new RedisFailed({ operation: "WAIT", reason: "unavailable", detail })),
      Effect.timeoutOrElse({
        duration: timeoutMs + graceMs,
        orElse: () => Effect.succeed({ local: 0, replicas: 0 })
      })
    )
    /** A connection with an answer outstanding would give it to the next command. */
    const leave = Effect.forEach([ran, waited, synced], (answer) => Effect.exit(Deferred.await(answer))).pipe(
      Effect.timeoutOrElse({ duration: lateMs, orElse: () => Effect.sync(() => io.stream.destroy()) })
    )
    return Deferred.await(ran).pipe(
      Effect.timeoutOrElse({
        duration: answerMs,
        orElse: () => new RedisFailed({ operation: script[0], reason: "timeout", detail: "no answer in time" })
      }),
      Effect.flatMap((reply) => Effect.map(reached, (numbers): DurableReply => ({ reply, ...numbers }))),
      Effect.onExit((exit) => Exit.isSuccess(exit) && exit.value.replicas >= replicas ? Effect.void : leave)
    )
  })
