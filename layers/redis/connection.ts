import { Effect, Redacted, Schema, type Scope } from "effect"
import { Redis as IoRedis } from "ioredis"
import { isIP } from "node:net"
import { sendOn, type Unsent } from "./commandSender.ts"
import { restoreFastStrings } from "./fastStrings.ts"
import type { RedisFailed } from "./Redis.ts"
import { defaultUser } from "./RedisAcl.ts"

restoreFastStrings()

export interface NodeAddress {
  readonly host: string
  readonly port: number
}

/** The server refuses the user or the password. */
export class RedisRefused extends Schema.TaggedError<RedisRefused>()("RedisRefused", { detail: Schema.String }) {}
/** There is no usable connection for any other reason. Says nothing about the password. */
export class RedisUnreachable extends Schema.TaggedError<RedisUnreachable>()("RedisUnreachable", {
  detail: Schema.String
}) {}

export interface ConnectionOptions {
  readonly address: NodeAddress & { readonly username: string | undefined; readonly tls: boolean }
  readonly ca: string | undefined
  /** Without one there is no login. */
  readonly password: Redacted.Redacted | undefined
  readonly clientName: string
  /** How long a command waits for its answer; `undefined`: the caller sees to it. */
  readonly answerMs: number | undefined
  /** Refuses a server that is a replica. */
  readonly primary?: boolean
}

/**
 * Opens a connection that is logged in and answers PING, within three seconds. It closes with the scope.
 * ioredis logs in, but neither reconnects, nor queues, nor sends anything twice.
 */
export const openConnection = (
  options: ConnectionOptions
): Effect.Effect<IoRedis, RedisRefused | RedisUnreachable, Scope.Scope> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.gen(function*() {
      const io = makeIo(options)
      yield* restore(Effect.andThen(login(io), check(io, options.primary === true))).pipe(
        Effect.timeoutOrElse({
          duration: "3 seconds",
          orElse: () => new RedisUnreachable({ detail: "no answer in 3 seconds" })
        }),
        Effect.onError(() =>
          Effect.sync(() => {
            io.disconnect()
            io.stream?.destroy()
          })
        )
      )
      yield* Effect.addFinalizer(() => Effect.sync(() => io.disconnect()))
      return io
    })
  )

const makeIo = ({ address: { host, port, tls, username }, answerMs, ca, clientName, password }: ConnectionOptions) => {
  const io = new IoRedis({
    host,
    port,
    connectionName: clientName,
    ...(password === undefined ? {} : { username: username ?? defaultUser, password: Redacted.value(password) }),
    ...(tls ? { tls: { ...(ca === undefined ? {} : { ca }), ...(isIP(host) === 0 ? { servername: host } : {}) } } : {}),
    ...(answerMs === undefined ? {} : { commandTimeout: answerMs }),
    protocol: 2,
    keepAlive: 10_000,
    disconnectTimeout: 1_000,
    retryStrategy: null,
    lazyConnect: true,
    enableReadyCheck: false,
    disableClientInfo: true,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false
  })
  io.setMaxListeners(0)
  // Each command says what goes wrong; an error without a listener would be printed.
  io.on("error", () => undefined)
  return io
}

/** Connects, with AUTH and CLIENT SETNAME. Errors of ioredis hold the password, so none leaves here. */
const login = (io: IoRedis) =>
  Effect.callback<void, RedisRefused | RedisUnreachable>((resume) => {
    const fail = (error: Error & { readonly code?: string }) => {
      if (error.name === "ReplyError") return resume(loginFailure(error.message))
      const closed = error.message === "Connection is closed."
      resume(new RedisUnreachable({ detail: closed ? "closed by the server" : error.code ?? error.name }))
    }
    io.once("error", fail)
    io.connect().then(() => resume(Effect.void), fail)
  })

/**
 * Asks INFO and not ROLE, which needs an administrator. A user without the right to PING or INFO may log in all the
 * same.
 */
const check = Effect.fnUntraced(function*(io: IoRedis, primary: boolean) {
  const ping = Effect.catchIf(sendOn(io, "PING", []), isForbidden, () => Effect.void)
  const info = primary ? Effect.catchIf(sendOn(io, "INFO", ["replication"]), isReply, () => Effect.void) : Effect.void
  const [, text] = yield* Effect.mapError(Effect.all([ping, info], { concurrency: "unbounded" }), asLoginFailure)
  if (/^role:slave/m.test(String(text))) return yield* new RedisUnreachable({ detail: "it is a replica" })
})

/** Sorts an error reply to a login, by its first word: what follows may name a user. */
const loginFailure = (reply: string): RedisRefused | RedisUnreachable => {
  const detail = reply.split(" ", 1)[0] ?? ""
  return /^(?:WRONGPASS|NOAUTH|ERR invalid (?:password|username))/.test(reply)
    ? new RedisRefused({ detail })
    : new RedisUnreachable({ detail })
}

const isReply = (error: RedisFailed | Unsent) => error._tag === "RedisFailed" && error.reason === "reply"
const isForbidden = (error: RedisFailed | Unsent) => isReply(error) && error.detail.startsWith("NOPERM")

/** What a failed command says about the login on its connection. */
export const asLoginFailure = (error: RedisFailed | Unsent): RedisRefused | RedisUnreachable =>
  isReply(error) ? loginFailure(error.detail) : new RedisUnreachable({ detail: error.detail })

export const isRefused = (error: RedisRefused | RedisUnreachable): boolean => error._tag === "RedisRefused"
