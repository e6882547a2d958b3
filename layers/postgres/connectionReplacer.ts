import { Effect, Exit, Queue, Scope, Semaphore } from "effect"
import type { SqlError } from "effect/sql/SqlError"
import { steadyMillis } from "../telemetry/steadyTime.ts"
import { supervised } from "../telemetry/supervised.ts"
import type { PostgresConnection } from "./PostgresConnection.ts"

export interface ConnectionReplacerOptions {
  readonly open: Effect.Effect<PostgresConnection, SqlError, Scope.Scope>
  /** Of the password, now. */
  readonly generation: Effect.Effect<number>
  /** Open connections whose time is over. */
  readonly past: (generation: number) => ReadonlyArray<PostgresConnection>
  readonly isIdle: (session: PostgresConnection) => boolean
  /** There are more connections than shall serve. */
  readonly isFull: () => boolean
  /** Closes a connection that is idle, or else as soon as it is. */
  readonly close: (session: PostgresConnection) => Effect.Effect<void>
}

export interface ConnectionReplacer {
  /** The successor for who needs a connection now; it lives in the scope then. */
  readonly take: Effect.Effect<PostgresConnection | undefined, never, Scope.Scope>
  /** Whether a connection past its time may be closed now, as a successor stands ready for it. If not, one will be opened. */
  readonly promise: Effect.Effect<boolean>
  /** Does something that needs a connection beyond the pool's size while no successor is being opened. */
  readonly meanwhile: <A, E, R>(use: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
}

interface Spare {
  readonly session: PostgresConnection
  readonly scope: Scope.Closeable
  /** Somebody has closed a connection for it, who has so long to come for it, by steadyMillis. */
  promisedUntil: number
}

/** From one look for idle connections to the next, and from one login to the next. */
const [lookMs, paceMs] = [200, 20]
/** How long a connection past its time serves on after its successor could not be opened, before that is tried again. */
const [firstPatienceMs, longestPatienceMs] = [1_000, 30_000]
const promiseMs = 1_000

const isPromised = ({ promisedUntil }: Spare) => Effect.map(steadyMillis, (now) => now < promisedUntil)

/** Opens the successors of connections past their time, one at a time, and closes those that are idle. */
export const makeConnectionReplacer = (
  options: ConnectionReplacerOptions
): Effect.Effect<ConnectionReplacer, never, Scope.Scope> =>
  Effect.gen(function*() {
    const { close, generation, isFull, isIdle, open, past } = options
    const own = yield* Effect.scope
    const wanted = yield* Queue.sliding<void>(1)
    const connect = yield* Semaphore.make(1)
    let spare: Spare | undefined
    let [patienceMs, patientUntil, newest] = [firstPatienceMs, 0, 0]

    const discard = Effect.suspend(() => {
      const old = spare
      spare = undefined
      return old === undefined ? Effect.void : Scope.close(old.scope, Exit.void)
    })

    const openSpare = Effect.uninterruptibleMask((restore) =>
      Effect.gen(function*() {
        const scope = yield* Scope.fork(own)
        const session = yield* restore(Scope.provide(open, scope)).pipe(
          Effect.onError((cause) => Scope.close(scope, Exit.failCause(cause)))
        )
        spare = { session, scope, promisedUntil: 0 }
        patienceMs = firstPatienceMs
      })
    )

    const impatient = Effect.gen(function*() {
      patientUntil = (yield* steadyMillis) + patienceMs
      patienceMs = Math.min(patienceMs * 2, longestPatienceMs)
    })

    const look = Effect.gen(function*() {
      const now = yield* generation
      if (now !== newest) [newest, patienceMs, patientUntil] = [now, firstPatienceMs, 0]
      // A spare past its own time goes before another is opened: beside it there may be no room.
      if (spare !== undefined && (spare.session.socket.destroyed || past(now).includes(spare.session))) yield* discard
      const old = past(now)
      if (old.length === 0) return isFull() ? yield* discard : undefined
      if (spare === undefined) {
        if ((yield* steadyMillis) < patientUntil) return
        // What goes wrong is said where connections are opened; the old ones go on.
        yield* Effect.catch(connect.withPermit(openSpare), () => impatient)
      }
      const idle = old.find(isIdle)
      if (idle === undefined || spare === undefined || (yield* isPromised(spare))) return
      yield* close(idle)
      if (old.length > 1) yield* Queue.offer(wanted, undefined)
    })

    yield* Effect.timeoutOption(Queue.take(wanted), lookMs).pipe(
      Effect.andThen(look),
      Effect.andThen(Effect.sleep(paceMs)),
      Effect.forever,
      supervised("postgres.replace")
    )

    return {
      take: Effect.gen(function*() {
        const ready = spare
        spare = undefined
        if (ready === undefined) return undefined
        yield* Effect.addFinalizer((exit) => Scope.close(ready.scope, exit))
        return ready.session
      }),
      promise: Effect.gen(function*() {
        const at = yield* steadyMillis
        const old = past(yield* generation)
        if (spare === undefined || at < spare.promisedUntil || old.includes(spare.session)) {
          yield* Queue.offer(wanted, undefined)
          return false
        }
        spare.promisedUntil = at + promiseMs
        return true
      }),
      meanwhile: connect.withPermit
    }
  })
