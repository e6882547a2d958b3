import { Effect, type Redacted, type Scope } from "effect"
import type { Redis as IoRedis } from "ioredis"
import { withCredentialFallback } from "../secret/credentialFallback.ts"
import type { BothCredentialsRefused, SecretMissing } from "../secret/Secrets.ts"
import { sendOn } from "./commandSender.ts"
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

export type Ask = (
  name: string,
  ...args: ReadonlyArray<RedisArgument>
) => Effect.Effect<unknown, RedisFailed | RedisUnreachable>

/** Opens a connection for a few commands, closed with the scope. */
export const withShortLivedConnection = (
  login: Login,
  address: NodeAddress
): Effect.Effect<Ask, LoginFailed, Scope.Scope> =>
  Effect.map(
    login(address),
    (io) => (name, ...args) =>
      Effect.catchTag(sendOn(io, name, args), "Unsent", ({ detail }) => new RedisUnreachable({ detail }))
  )

/** What went wrong, without a secret. */
export const detailOf = (error: LoginFailed | RedisFailed): string => "detail" in error ? error.detail : error.message

export const nodeName = ({ host, port }: NodeAddress): string => `${host}:${port}`

export const uniqueNodes = (nodes: ReadonlyArray<NodeAddress>): ReadonlyArray<NodeAddress> => [
  ...new Map(nodes.map((node) => [nodeName(node), node])).values()
]

export const asList = (reply: unknown): ReadonlyArray<unknown> => Array.isArray(reply) ? reply : []
