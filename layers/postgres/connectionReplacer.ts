import { Effect, Exit, Queue, Scope, Semaphore } from "effect"
import type { SqlError } from "effect/sql/SqlError"
import { steadyMillis } from "../telemetry/steadyTime.ts"
import { supervised } from "../telemetry/supervised.ts"
import type { PostgresConnection } from "./PostgresConnection.ts"

export interface ConnectionReplacerOptions {
  readonly open: Effect.Effect<PostgresConnection, SqlError, Scope.Scope>
  /** Of the password, now. */
  readonly generation: Effect.Effect<number>
  /** Open connections that are to be replaced. */
  readonly expired: (generation: number) => ReadonlyArray<PostgresConnection>
  readonly isIdle: (connection: PostgresConnection) => boolean
  /** There are more connections than the pool serves with. */
  readonly isFull: () => boolean
  /** Closes a connection that is idle, or else as soon as it is. */
  readonly close: (connection: PostgresConnection) => Effect.Effect<void>
}

/** A connection that is open before an expired one is closed. */
interface Spare {
  readonly connection: PostgresConnection
  readonly scope: Scope.Closeable
  /** By steadyMillis. Until then it waits for whoever closed an expired connection for it. */
  reservedUntil: number
}

const [checkEveryMs, pauseMs] = [200, 20]
/** How long an expired connection is kept after a spare could not be opened, before that is tried again. */
const [firstRetryMs, longestRetryMs] = [1_000, 30_000]
const reserveMs = 1_000

const isReserved = ({ reservedUntil }: Spare) => Effect.map(steadyMillis, (now) => now < reservedUntil)

/** Opens a spare for each expired connection, one at a time, and then closes that one if it is idle. */
export const makeConnectionReplacer = (options: ConnectionReplacerOptions) =>
  Effect.gen(function*() {
    const { close, expired, generation, isFull, isIdle, open } = options
    const own = yield* Effect.scope
    const wanted = yield* Queue.sliding<void>(1)
    const oneAtATime = yield* Semaphore.make(1)
    let spare: Spare | undefined
    let [retryMs, retryAt, newest] = [firstRetryMs, 0, 0]

    const discard = Effect.suspend(() => {
      const old = spare
      spare = undefined
      return old === undefined ? Effect.void : Scope.close(old.scope, Exit.void)
    })

    const openSpare = Effect.uninterruptibleMask((restore) =>
      Effect.gen(function*() {
        const scope = yield* Scope.fork(own)
        const connection = yield* restore(Scope.provide(open, scope)).pipe(
          Effect.onError((cause) => Scope.close(scope, Exit.failCause(cause)))
        )
        spare = { connection, scope, reservedUntil: 0 }
        retryMs = firstRetryMs
      })
    )

    const retryLater = Effect.gen(function*() {
      retryAt = (yield* steadyMillis) + retryMs
      retryMs = Math.min(retryMs * 2, longestRetryMs)
    })

    const replaceOne = Effect.gen(function*() {
      const now = yield* generation
      if (now !== newest) [newest, retryMs, retryAt] = [now, firstRetryMs, 0]
      // An expired spare goes before another is opened: beside it there may be no room.
      if (spare !== undefined && (spare.connection.socket.destroyed || expired(now).includes(spare.connection))) {
        yield* discard
      }
      const old = expired(now)
      if (old.length === 0) return isFull() ? yield* discard : undefined
      if (spare === undefined) {
        if ((yield* steadyMillis) < retryAt) return
        // Whoever opens connections logs what goes wrong; the old ones stay in use.
        yield* Effect.catch(oneAtATime.withPermit(openSpare), () => retryLater)
      }
      const idle = old.find(isIdle)
      if (idle === undefined || spare === undefined || (yield* isReserved(spare))) return
      yield* close(idle)
      if (old.length > 1) yield* Queue.offer(wanted, undefined)
    })

    yield* Effect.timeoutOption(Queue.take(wanted), checkEveryMs).pipe(
      Effect.andThen(replaceOne),
      Effect.andThen(Effect.sleep(pauseMs)),
      Effect.forever,
      supervised("postgres.replace")
    )

    return {
      /** Gives the spare to whoever needs a connection now; it lives in that scope then. */
      takeSpare: Effect.gen(function*() {
        const taken = spare
        spare = undefined
        if (taken === undefined) return undefined
        yield* Effect.addFinalizer((exit) => Scope.close(taken.scope, exit))
        return taken.connection
      }),
      /** Reserves the spare for a caller who will close an expired connection; asks for one if there is none. */
      reserveSpare: Effect.gen(function*() {
        const at = yield* steadyMillis
        const old = expired(yield* generation)
        if (spare === undefined || at < spare.reservedUntil || old.includes(spare.connection)) {
          yield* Queue.offer(wanted, undefined)
          return false
        }
        spare.reservedUntil = at + reserveMs
        return true
      }),
      /** Runs an effect that needs a connection beyond the pool's size while no spare is being opened. */
      withoutOpening: oneAtATime.withPermit
    }
  })
