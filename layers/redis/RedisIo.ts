import { sha1 } from "@noble/hashes/legacy.js"
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js"
import { Effect, FileSystem, Layer, Queue, Schedule, Scope, Stream } from "effect"
import { StaticConfig } from "../config/StaticConfig.ts"
import { Secrets } from "../secret/Secrets.ts"
import { supervised } from "../telemetry/supervised.ts"
import { Redis, RedisFailed, type RedisScript, type RedisSession } from "./Redis.ts"
import { makeClient, type RedisClient } from "./RedisClient.ts"
import { checkServer } from "./serverCheck.ts"

const commandTimeoutMs = 5_000

/** Redis over ioredis. Builds at once, also while Redis is away. */
export const RedisIo = Layer.effect(
  Redis,
  Effect.gen(function*() {
    const config = yield* StaticConfig
    const secrets = yield* Secrets
    const ca = config.redis.caPath === undefined
      ? undefined
      : yield* (yield* FileSystem.FileSystem).readFileString(config.redis.caPath).pipe(Effect.orDie)
    const client = (deadlines: boolean) => makeClient({ config, secrets, ca, commandTimeoutMs, deadlines })

    const shared = yield* client(true)
    yield* watch(shared)
    yield* shared.ready.await.pipe(Effect.andThen(checkServer(shared.send)), supervised("redis.check"))

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

    const session = Effect.map(client(false), (own): RedisSession => ({
      command: (name, ...args) =>
        own.send(name, args).pipe(
          // A late answer would be taken for the next command's, and an abandoned blocking read would go on taking entries.
          Effect.onInterrupt(() => own.cut),
          Effect.timeoutOrElse({
            duration: commandTimeoutMs + blockMs(name, args),
            orElse: () => new RedisFailed({ operation: name, reason: "timeout", detail: "no answer in time" })
          })
        )
    }))

    const subscriber = yield* Effect.cached(Effect.tap(client(true), watch))
    const scope = yield* Effect.scope
    const subscribe: Redis["Service"]["subscribe"] = (channel) =>
      Stream.callback((queue) =>
        Effect.gen(function*() {
          const { io } = yield* subscriber.pipe(Effect.provideService(Scope.Scope, scope))
          const onMessage = (from: string, text: string) => {
            if (from === channel) Queue.offerUnsafe(queue, { _tag: "message", text })
          }
          const onReady = () => {
            io.subscribe(channel).then(() => Queue.offerUnsafe(queue, { _tag: "subscribed" }), () => undefined)
          }
          yield* Effect.acquireRelease(
            Effect.sync(() => {
              io.on("message", onMessage)
              io.on("ready", onReady)
              if (io.status === "ready") onReady()
            }),
            () =>
              Effect.sync(() => {
                io.off("message", onMessage)
                io.off("ready", onReady)
              })
          )
        }), { bufferSize: 1_024, strategy: "sliding" })

    return Redis.of({
      command,
      script,
      session,
      subscribe,
      status: Effect.sync(() => ({
        connected: shared.io.status === "ready",
        slot: shared.state.slot,
        fingerprint: shared.state.fingerprint,
        detail: shared.state.detail
      }))
    })
  })
)

/** Notices a connection that is open but dead: without an answer to PING it is cut and made anew. */
const watch = (client: RedisClient) =>
  client.ready.await.pipe(
    Effect.andThen(client.send("PING", [])),
    Effect.catchIf((error) => error.reason === "timeout", () => client.cut),
    Effect.ignore,
    Effect.schedule(Schedule.spaced("2 seconds")),
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
