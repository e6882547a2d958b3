import { Effect, type Redacted, type Scope } from "effect"
import type { Socket } from "node:net"
import { withCredentialFallback } from "../secret/credentialFallback.ts"
import type { BothCredentialsRefused, SecretMissing } from "../secret/Secrets.ts"
import { onceOver, sendOn, sendTogether, type Unsent } from "./commandSender.ts"
import { clientName, type ConnectOptions, isRefused } from "./connect.ts"
import { type NodeAddress, openSocket, type RedisRefused, RedisUnreachable } from "./handshake.ts"
import type { RedisArgument, RedisFailed } from "./Redis.ts"

type World = Pick<ConnectOptions, "config" | "secrets" | "ca">
export type LoginFailed = RedisRefused | RedisUnreachable | SecretMissing | BothCredentialsRefused

/** Opens a connection to any one node as somebody. */
export type Login = (address: NodeAddress) => Effect.Effect<Socket, LoginFailed>

/** As a user with whichever value of a secret is right. `suffix` tells in the connection's name what it is for. */
export const loginWith = (
  world: World,
  secret: string,
  username: string | undefined,
  suffix: string,
  transient: "retry" | "fail" = "retry"
): Login =>
(address) =>
  withCredentialFallback(
    world.secrets,
    secret,
    ({ value }) => openAs(world, address, username, value, suffix),
    isRefused,
    transient
  )

export const openAs = (
  { ca, config }: World,
  address: NodeAddress,
  username: string | undefined,
  password: Redacted.Redacted | undefined,
  suffix: string
) =>
  openSocket({
    address: { ...address, username, tls: config.redis.tls },
    ca,
    password,
    clientName: clientName(config, suffix)
  })

export interface Ask {
  (name: string, ...args: ReadonlyArray<RedisArgument>): Effect.Effect<unknown, RedisFailed | RedisUnreachable>
  /** Sends commands in one piece. */
  readonly together: (
    ...commands: Parameters<typeof sendTogether>[1]
  ) => Effect.Effect<ReadonlyArray<unknown>, RedisFailed | RedisUnreachable>
}

const answerMs = 3_000

/** A connection for a few commands, closed with the scope. */
export const withShortLivedConnection = (
  login: Login,
  address: NodeAddress
): Effect.Effect<Ask, LoginFailed, Scope.Scope> =>
  Effect.gen(function*() {
    const io = yield* onceOver(yield* login(address), answerMs)
    const closed = <A>(sent: Effect.Effect<A, RedisFailed | Unsent>) =>
      Effect.catchTag(sent, "Unsent", () => new RedisUnreachable({ detail: "the connection closed" }))
    return Object.assign(
      (name: string, ...args: ReadonlyArray<RedisArgument>) => closed(sendOn(io, name, args)),
      { together: (...commands: Parameters<typeof sendTogether>[1]) => closed(sendTogether(io, commands)) }
    )
  })

/** What went wrong, in a few words without a secret. */
export const wordsOf = (error: LoginFailed | RedisFailed): string => "detail" in error ? error.detail : error.message

export const nodeName = ({ host, port }: NodeAddress): string => `${host}:${port}`
