import { PgConnection } from "@effect/sql-pg"
import { Effect, type Redacted, type Scope } from "effect"
import { AuthenticationError, ConnectionError, SqlError } from "effect/sql/SqlError"
import { connect, type Socket } from "node:net"
import { addressText } from "../environment/addresses.ts"
import type { Environment, HostAndPort, PostgresAddress } from "../environment/Environment.ts"
import type { Secrets } from "../secret/Secrets.ts"
import { steadyMillis } from "../telemetry/steadyTime.ts"

/** One connection to PostgreSQL. */
export interface PostgresConnection {
  readonly driver: PgConnection.PgConnection
  readonly socket: Socket
  /** By steadyMillis. */
  readonly openedAt: number
  /** Of the password it logged in with. */
  readonly generation: number
  readonly server: HostAndPort
  /** A statement was cut short, and its answer may come as that of the next one. Is closed when it comes back. */
  dirty: boolean
  /** The server said that it takes no writes. Is closed too, and with it all others to that server. */
  demoted: boolean
}

export interface PostgresConnectionOptions {
  readonly config: Environment["Service"]
  readonly secrets: Secrets["Service"]
  readonly ca: string | undefined
}

/** Who logs in, and what the connection is called. */
export interface Login {
  readonly username: string
  readonly password: Redacted.Redacted
  /** `undefined` for a password that is only proved. */
  readonly generation: number | undefined
}

/** `<program>/<instance>/g<generation>`, in the 63 bytes that PostgreSQL keeps of it. */
const nameOf = ({ instance, program }: Environment["Service"], generation: number | undefined): string => {
  const end = generation === undefined ? "proof" : `g${generation}`
  return `${program}/${instance.slice(0, 61 - program.length - end.length)}/${end}`
}

/** Each server that may be the primary. */
export const serversOf = ({ host, hosts, port }: PostgresAddress): ReadonlyArray<HostAndPort> =>
  hosts ?? [{ host, port }]

/** The same for the log. */
export const serversText = (address: PostgresAddress): string => serversOf(address).map(addressText).join(",")

/** Opens a connection within three seconds. Closing the scope waits until the server has closed it too. */
export const openConnection = (
  { ca, config }: PostgresConnectionOptions,
  server: HostAndPort,
  { generation, password, username }: Login
): Effect.Effect<PostgresConnection, SqlError, Scope.Scope> =>
  Effect.gen(function*() {
    const { database, tls } = config.postgres
    const { host, port } = server
    let socket: Socket | undefined
    // Added first, so that it runs after the driver has ended the connection.
    yield* Effect.addFinalizer(() => closed(socket))
    const driver = yield* PgConnection.make({
      host,
      port,
      database,
      username,
      password,
      applicationName: nameOf(config, generation),
      ssl: tls && (ca === undefined || { ca }),
      connectTimeout: "3 seconds",
      // The driver does not expose its socket, and the pool has to know when it closes.
      stream: () => {
        const made = connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 10_000 })
        made.on("error", () => undefined)
        socket ??= made
        return made
      }
    })
    if (socket === undefined) return yield* connectionError("The driver opened no socket.")
    const openedAt = yield* steadyMillis
    return { driver, socket, openedAt, generation: generation ?? 0, server, dirty: false, demoted: false }
  })

/** Waits until the server has closed its end, but not for long. */
const closed = (socket: Socket | undefined): Effect.Effect<void> =>
  socket === undefined || socket.destroyed
    ? Effect.void
    : Effect.callback<void>((resume) => {
      socket.once("close", () => resume(Effect.void))
    }).pipe(Effect.timeoutOrElse({ duration: "500 millis", orElse: () => Effect.sync(() => void socket.destroy()) }))

export const isRefusal = (error: SqlError): boolean => error.reason._tag === "AuthenticationError"

export const connectionError = (message: string) =>
  new SqlError({ reason: new ConnectionError({ cause: new Error(message), message, operation: "connect" }) })

export const authenticationError = (message: string) =>
  new SqlError({ reason: new AuthenticationError({ cause: new Error(message), message, operation: "connect" }) })

/** The message nearest to the cause. */
export const detailOf = (error: SqlError): string => {
  const { cause, message } = error.reason
  return cause instanceof Error && cause.message !== "" ? cause.message : message ?? error.reason._tag
}
