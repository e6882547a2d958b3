import { Deferred, Effect, Exit, Fiber, Schema, Scope } from "effect"
import type { SqlError } from "effect/sql/SqlError"
import { addressText } from "../environment/addresses.ts"
import type { HostAndPort } from "../environment/Environment.ts"
import {
  connectionError,
  detailOf,
  isRefusal,
  type Login,
  openConnection,
  type PostgresConnection,
  type PostgresConnectionOptions,
  serversOf
} from "./PostgresConnection.ts"

/** After so long without an answer the next server is asked too. */
const nextAfterMs = 300
/** How long a server that took the login may take to say what it is. */
const answerWithin = "3 seconds"

/** A server that answered. */
interface Candidate {
  readonly connection: PostgresConnection
  readonly scope: Scope.Closeable
}

interface Failure {
  readonly server: HostAndPort
  readonly error: SqlError
}

/** How far in the history of one database a server is: each promotion begins a new timeline. */
interface History {
  readonly system: string
  readonly timeline: number
}

const isAfter = (one: History, other: History): boolean => one.system === other.system && one.timeline > other.timeline

const tellChange = (before: HostAndPort, now: HostAndPort) =>
  Effect.annotateLogs(Effect.logWarning("Another server of PostgreSQL is the primary."), {
    before: addressText(before),
    now: addressText(now)
  })

const decodeAnswer = Schema.decodeUnknownEffect(Schema.Tuple([Schema.Struct({ in_recovery: Schema.Boolean })]))
const decodeHistory = Schema.decodeUnknownEffect(
  Schema.Tuple([Schema.Struct({ system: Schema.String, timeline: Schema.Int })])
)

const isInRecovery = "SELECT pg_is_in_recovery() AS in_recovery"
const history = `SELECT system_identifier::text AS system,
  ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int AS timeline FROM pg_control_system()`

/**
 * Sends one statement whose answer may never come. Its connection is cut then, also when nobody waits for it any more:
 * the driver would ask the server to cancel it, and wait for that.
 */
const ask = ({ driver, socket }: PostgresConnection, sql: string) =>
  Effect.gen(function*() {
    const cut = Effect.sync(() => void socket.destroy())
    const answer = yield* Effect.forkDetach(driver.query(sql))
    const { rows } = yield* Fiber.join(answer).pipe(
      Effect.onInterrupt(() => cut),
      Effect.timeoutOrElse({
        duration: answerWithin,
        orElse: () => Effect.fail(connectionError("no answer to the question what it is"))
      })
    )
    return rows
  })

/** What to say of servers of which none is the primary: the refusal of a password counts, since it may be the primary's. */
const failureOf = (failures: ReadonlyArray<Failure>): SqlError | undefined => {
  const refused = failures.find(({ error }) => isRefusal(error))
  if (refused !== undefined || failures.length < 2) return (refused ?? failures[0])?.error
  const each = failures.map(({ error, server }) => `${addressText(server)}: ${detailOf(error)}`)
  return connectionError(`None of the servers is the primary (${each.join("; ")}).`)
}

/**
 * Opens connections to the primary, whichever of the servers that is now. The one found last is asked first, and the
 * next one when that says no or nothing.
 *
 * A primary that was replaced and came back unaware of it is found out by its timeline: this process has seen a newer.
 */
export const makePrimarySearch = (options: PostgresConnectionOptions) =>
  Effect.sync(() => {
    const servers = serversOf(options.config.postgres)
    let last: HostAndPort | undefined
    let newest: History | undefined
    const histories = new WeakMap<PostgresConnection, History>()
    const isBehind = (one: History): boolean => newest !== undefined && isAfter(newest, one)

    /** Fails when this server is not the primary. */
    const checked = Effect.fnUntraced(function*(connection: PostgresConnection) {
      const [{ in_recovery }] = yield* Effect.flatMap(ask(connection, isInRecovery), decodeAnswer)
      if (in_recovery) return yield* connectionError("it is a standby, not the primary")
      // One address may lead to whatever somebody else takes for the primary.
      if (servers.length === 1) return
      const [found] = yield* Effect.flatMap(ask(connection, history), decodeHistory)
      if (isBehind(found)) {
        return yield* connectionError(
          `it was replaced and does not know it: its timeline is ${found.timeline}, and ${newest?.timeline} was seen`
        )
      }
      newest = found
      histories.set(connection, found)
    }, Effect.catchTag("SchemaError", Effect.die))

    const candidateAt = (server: HostAndPort, login: Login, outer: Scope.Scope) =>
      Effect.gen(function*() {
        const scope = yield* Scope.fork(outer)
        const connection = yield* openConnection(options, server, login).pipe(
          Effect.tap(checked),
          Scope.provide(scope),
          Effect.onError((cause) => Scope.close(scope, Exit.failCause(cause)))
        )
        return { connection, scope }
      })

    /** Asks one server after the other, each a little later than the one before or when that one failed. */
    const inTurn = (order: ReadonlyArray<HostAndPort>, login: Login, outer: Scope.Scope) =>
      Effect.gen(function*() {
        const answered: Array<Candidate> = []
        const failures: Array<Failure> = []
        const failed = yield* Effect.forEach(order, () => Deferred.make<void>())
        const asks = order.map((server, index) =>
          Effect.gen(function*() {
            const before = failed[index - 1]
            if (before !== undefined) yield* Effect.timeoutOption(Deferred.await(before), index * nextAfterMs)
            const candidate = yield* Effect.tapError(candidateAt(server, login, outer), (error) => {
              failures.push({ server, error })
              const own = failed[index]
              return own === undefined ? Effect.void : Deferred.succeed(own, undefined)
            })
            answered.push(candidate)
            return candidate
          })
        )
        const winner = yield* Effect.raceAll(asks).pipe(Effect.mapError((error) => failureOf(failures) ?? error))
        yield* Effect.forEach(
          answered.filter((candidate) => candidate !== winner),
          ({ scope }) => Scope.close(scope, Exit.void),
          { discard: true }
        )
        return winner.connection
      })

    const open = (login: Login): Effect.Effect<PostgresConnection, SqlError, Scope.Scope> =>
      Effect.gen(function*() {
        const outer = yield* Effect.scope
        const order = last === undefined ? servers : [last, ...servers.filter((server) => server !== last)]
        const connection = yield* inTurn(order, login, outer)
        if (last !== undefined && last !== connection.server) yield* tellChange(last, connection.server)
        last = connection.server
        return connection
      })

    /**
     * Asks the other servers whether one of them took over, and forgets the one used so far if so. Only a newer timeline
     * says that: a primary that is slow is not given up for one of before.
     */
    const lookElsewhere = (login: Login): Effect.Effect<void, SqlError> =>
      Effect.scoped(Effect.gen(function*() {
        const [used, seen] = [last, newest]
        if (used === undefined || seen === undefined) return
        const others = servers.filter((server) => server !== used)
        const { server } = yield* inTurn(others, login, yield* Effect.scope)
        if (newest === undefined || !isAfter(newest, seen)) return
        last = server
        yield* tellChange(used, server)
      }))

    /** Its server was replaced since. */
    const isOutdated = (connection: PostgresConnection): boolean => {
      const of = histories.get(connection)
      return of !== undefined && isBehind(of)
    }

    return { open, lookElsewhere, isOutdated, several: servers.length > 1 }
  })
