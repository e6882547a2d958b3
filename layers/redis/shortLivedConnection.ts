import { Effect, type Redacted, type Scope } from "effect"
import type { Redis as IoRedis } from "ioredis"
import { withCredentialFallback } from "../secret/credentialFallback.ts"
import type { BothCredentialsRefused, SecretMissing } from "../secret/Secrets.ts"
import { sendOn, sendTogether, type Unsent } from "./commandSender.ts"
import { clientName, type RedisContext } from "./connect.ts"
import { isRefused, type NodeAddress, openConnection, type RedisRefused, RedisUnreachable } from "./connection.ts"
import type { RedisArgument, RedisFailed } from "./Redis.ts"

export type LoginFailed = RedisRefused | RedisUnreachable | SecretMissing | BothCredentialsRefused

/** Opens a connection to a node as one user. */
export type Login = (address: NodeAddress) => Effect.Effect<IoRedis, LoginFailed, Scope.Scope>

/** Makes a login with CURRENT or NEXT of a secret. `suffix` says in the connection's name what it is for. */
export const loginWith = (
  context: RedisContext,
  secret: string,
  username: string | undefined,
  suffix: string,
  transient: "retry" | "fail" = "retry"
): Login =>
(address) =>
  withCredentialFallback(
    context.secrets,
    secret,
    ({ value }) => openAs(context, address, username, value, suffix),
    isRefused,
    transient
  )

export const openAs = (
  { ca, config }: RedisContext,
  address: NodeAddress,
  username: string | undefined,
  password: Redacted.Redacted | undefined,
  suffix: string
) =>
  openConnection({
    address: { ...address, username, tls: config.redis.tls },
    ca,
    password,
    clientName: clientName(config, suffix),
    answerMs: 3_000
  })

export interface Ask {
  (name: string, ...args: ReadonlyArray<RedisArgument>): Effect.Effect<unknown, RedisFailed | RedisUnreachable>
  /** Sends commands in one piece. */
  readonly together: (
    ...commands: Parameters<typeof sendTogether>[1]
  ) => Effect.Effect<ReadonlyArray<unknown>, RedisFailed | RedisUnreachable>
}

/** Opens a connection for a few commands, closed with the scope. */
export const withShortLivedConnection = (
  login: Login,
  address: NodeAddress
): Effect.Effect<Ask, LoginFailed, Scope.Scope> =>
  Effect.map(login(address), (io) => {
    const reached = <A>(sent: Effect.Effect<A, RedisFailed | Unsent>) =>
      Effect.catchTag(sent, "Unsent", ({ detail }) => new RedisUnreachable({ detail }))
    return Object.assign(
      (name: string, ...args: ReadonlyArray<RedisArgument>) => reached(sendOn(io, name, args)),
      { together: (...commands: Parameters<typeof sendTogether>[1]) => reached(sendTogether(io, commands)) }
    )
  })

/** What went wrong, without a secret. */
export const detailOf = (error: LoginFailed | RedisFailed): string => "detail" in error ? error.detail : error.message

export const nodeName = ({ host, port }: NodeAddress): string => `${host}:${port}`

export const uniqueNodes = (nodes: ReadonlyArray<NodeAddress>): ReadonlyArray<NodeAddress> => [
  ...new Map(nodes.map((node) => [nodeName(node), node])).values()
]

export const asList = (reply: unknown): ReadonlyArray<unknown> => Array.isArray(reply) ? reply : []
