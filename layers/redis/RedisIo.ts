import { sha1 } from "@noble/hashes/legacy.js"
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js"
import { Context, Effect, FileSystem, Layer, Schedule, Scope, Stream } from "effect"
import { StaticConfig } from "../config/StaticConfig.ts"
import { Secrets } from "../secret/Secrets.ts"
import { supervised } from "../telemetry/supervised.ts"
import { type NodeAddress, openSocket } from "./handshake.ts"
import { clientName } from "./link.ts"
import { Redis, RedisFailed, type RedisScript, type RedisSession } from "./Redis.ts"
import { makeClient, type RedisClient } from "./RedisClient.ts"
import { renewInPlace } from "./renewal.ts"
import { checkServer } from "./serverCheck.ts"
import { makeSubscriber } from "./subscription.ts"

/** Milliseconds a command waits for a connection, and then for its answer. */
export const RedisDeadline = Context.Reference<number>("mutt/layers/redis/RedisDeadline", { defaultValue: () => 5_000 })

/** Long enough for a server that stalls on its disk. */
const pingMs = 3_000

/** Redis over ioredis. Builds at once, also while Redis is away. */
export const RedisIo = Layer.effect(
  Redis,
  Effect.gen(function*() {
    const config = yield* StaticConfig
    const secrets = yield* Secrets
    const deadlineMs = yield* RedisDeadline
    const ca = config.redis.caPath === undefined
      ? undefined
      : yield* (yield* FileSystem.FileSystem).readFileString(config.redis.caPath).pipe(Effect.orDie)
    const open = new Set<RedisClient>()
    const place = Effect.succeed<NodeAddress>({ host: config.redis.host, port: config.redis.port })
    const client = (answerMs: number | undefined) =>
      Effect.acquireRelease(
        makeClient({ config, secrets, ca, place, waitMs: deadlineMs, answerMs }),
        (made) => Effect.sync(() => open.delete(made))
      ).pipe(Effect.tap((made) => Effect.sync(() => open.add(made))))

    const shared = yield* client(deadlineMs)
    yield* watch(shared)
    yield* renewInPlace(shared, { config, secrets }, 0)
    yield* shared.ready.await.pipe(
      Effect.andThen(checkServer(shared.send)),
      Effect.retry(Schedule.spaced("1 second")),
      supervised("redis.check")
    )

    const command: RedisSession["command"] = (name, ...args) => shared.send(name, args)

    const shas = new Map<string, string>()
    const shaOf = (script: RedisScript) => {
      const known = shas.get(script.lua)
      if (known !== undefined) return known
      const sha = bytesToHex(sha1(utf8ToBytes(script.lua)))
      shas.set(script.lua, sha)
      return sha
    }
    const script: Redis["Service"]["script"] = (script, keys, args) =>
      Effect.catchIf(
        shared.send("EVALSHA", [shaOf(script), keys.length, ...keys, ...args]),
        (error) => error.reason === "reply" && error.detail.startsWith("NOSCRIPT"),
        () => shared.send("EVAL", [script.lua, keys.length, ...keys, ...args])
      ).pipe(
        Effect.mapError((error) =>
          new RedisFailed({ operation: script.name, reason: error.reason, detail: error.detail })
        )
      )

    const sessionClient = Effect.tap(client(undefined), (own) => renewInPlace(own, { config, secrets }, 300))
    const session = Effect.map(sessionClient, (own): RedisSession => ({
      command: (name, ...args) =>
        own.send<never>(name, args, (sent) =>
          sent.pipe(
            // An abandoned read would go on taking entries, and its late answer would be the next command's.
            Effect.onInterrupt(() => own.cut),
            Effect.timeoutOrElse({
              duration: deadlineMs + blockMs(name, args),
              orElse: () => new RedisFailed({ operation: name, reason: "timeout", detail: "no answer in time" })
            })
          ))
    }))

    const scope = yield* Effect.scope
    const subscriber = yield* makeSubscriber(Effect.tap(client(deadlineMs), watch), secrets).pipe(
      Effect.provideService(Scope.Scope, scope),
      Effect.cached
    )

    return Redis.of({
      command,
      script,
      session,
      subscribe: (channel) => Stream.unwrap(Effect.map(subscriber, ({ messages }) => messages(channel))),
      status: Effect.sync(() => ({
        connected: shared.io.status === "ready",
        slot: shared.state.slot,
        fingerprint: shared.state.fingerprint,
        refused: shared.state.refused,
        detail: shared.state.detail
      })),
      connections: Effect.sync(() => {
        const counts = new Map<number, number>()
        for (const { io, state: { generation } } of open) {
          if (io.status === "ready") counts.set(generation, (counts.get(generation) ?? 0) + 1)
        }
        return counts
      }),
      prove: ({ value }) =>
        openSocket({
          address: config.redis,
          ca,
          password: value,
          clientName: clientName(config, "proof")
        })
          .pipe(
            Effect.flatMap((socket) => Effect.sync(() => void socket.destroy())),
            Effect.mapError((error) =>
              new RedisFailed({
                operation: "AUTH",
                reason: error._tag === "RedisRefused" ? "refused" : "unavailable",
                detail: error.detail
              })
            )
          )
    })
  })
)

/** Notices a connection that is open but dead: without an answer to PING it is cut and made anew. */
const watch = (client: RedisClient) =>
  client.ready.await.pipe(
    Effect.andThen(client.send("PING", [], Effect.timeout(pingMs))),
    Effect.catch((error) => error._tag === "TimeoutError" || error.reason === "timeout" ? client.cut : Effect.void),
    Effect.schedule(Schedule.spaced("1 second")),
    supervised("redis.ping")
  )

/** How long a command may block on purpose. */
const blockMs = (name: string, args: ReadonlyArray<unknown>): number => {
  switch (name.toUpperCase()) {
    case "XREAD":
    case "XREADGROUP": {
      const at = args.findIndex((arg) => typeof arg === "string" && arg.toUpperCase() === "BLOCK")
      return at === -1 ? 0 : Number(args[at + 1])
    }
    case "BLPOP":
    case "BRPOP":
    case "BZPOPMIN":
    case "BLMOVE":
      return Number(args.at(-1)) * 1_000
    default:
      return 0
  }
}
