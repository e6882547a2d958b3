import { sha1 } from "@noble/hashes/legacy.js"
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js"
import { Context, Effect, FileSystem, Layer, Schedule, Scope, Stream } from "effect"
import { Environment } from "../environment/Environment.ts"
import { Secrets } from "../secret/Secrets.ts"
import { supervised } from "../telemetry/supervised.ts"
import { blockMs } from "./blockMs.ts"
import { makeClusterRouter } from "./clusterRouter.ts"
import { isRefused, secretName } from "./connect.ts"
import { askDurability, problemsOf } from "./nodeDurability.ts"
import { reauthenticate } from "./reauthenticate.ts"
import { Redis, RedisFailed, type RedisScript, type RedisSession } from "./Redis.ts"
import { type Bound, makeClient, type RedisClient, type RedisSender } from "./RedisClient.ts"
import { loginWith, nodeName, openAs, withShortLivedConnection, wordsOf } from "./shortLivedConnection.ts"
import { makeSubscriber } from "./subscription.ts"
import { makeTopology, type Topology } from "./topology.ts"

/** Milliseconds a command waits for a connection, and then for its answer. */
export const RedisDeadline = Context.Reference<number>("mutt/layers/redis/RedisDeadline", { defaultValue: () => 5_000 })

/** Redis over ioredis. Builds at once, also while Redis is away. */
export const RedisIo = Layer.effect(
  Redis,
  Effect.gen(function*() {
    const config = yield* Environment
    const secrets = yield* Secrets
    const deadlineMs = yield* RedisDeadline
    // Long enough for a server that stalls on its disk.
    const pingMs = deadlineMs * 0.6
    const ca = config.redis.caPath === undefined
      ? undefined
      : yield* (yield* FileSystem.FileSystem).readFileString(config.redis.caPath).pipe(Effect.orDie)
    const world = { config, secrets, ca }
    const places = makeTopology(world, loginWith(world, secretName, config.redis.username, "look", "fail"))

    const open = new Set<RedisClient>()
    const client = (where: Topology["one"], answerMs: number | undefined) =>
      Effect.acquireRelease(
        makeClient({ ...world, ...where, waitMs: deadlineMs, answerMs }),
        (made) => Effect.sync(() => open.delete(made))
      ).pipe(Effect.tap((made) => Effect.sync(() => open.add(made))))

    const sender = (
      answerMs: number | undefined,
      keep: (client: RedisClient) => Effect.Effect<void, never, Scope.Scope>
    ): Effect.Effect<RedisSender, never, Scope.Scope> => {
      const kept = (where: Topology["one"]) => Effect.tap(client(where, answerMs), keep)
      return places.cluster === undefined
        ? kept(places.one)
        : makeClusterRouter(
          places.cluster,
          (node) => kept({ place: Effect.succeed(node), primary: false, server: nodeName(node) }),
          deadlineMs
        )
    }

    const shared = yield* sender(
      deadlineMs,
      (made) => Effect.andThen(watch(made, pingMs), reauthenticate(made, world, 0))
    )
    const durabilityProblems: Redis["Service"]["durabilityProblems"] = (replicas) =>
      places.all.pipe(
        Effect.catch(({ detail }) => new RedisFailed({ operation: "INFO", reason: "unavailable", detail })),
        Effect.flatMap(Effect.forEach((address) => {
          const node = nodeName(address)
          return withShortLivedConnection(loginWith(world, secretName, config.redis.username, "check", "fail"), address)
            .pipe(
              Effect.flatMap((ask) => askDurability(node, ask, places.keyOn(address))),
              Effect.scoped,
              Effect.map((told) => problemsOf(told, replicas)),
              Effect.catch((error) =>
                Effect.succeed([{ node, severity: "weaker" as const, text: `it cannot be asked: ${wordsOf(error)}` }])
              )
            )
        }, { concurrency: 4 })),
        Effect.map((all) => all.flat())
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

    const session = Effect.map(sender(undefined, (made) => reauthenticate(made, world, 300)), (own): RedisSession => ({
      command: (name, ...args) =>
        own.send(name, args, (sent) =>
          sent.pipe(
            // An abandoned read would go on taking entries, and its late answer would be the next command's.
            Effect.onInterrupt(() => own.cut),
            within(deadlineMs + blockMs(name, args), name)
          ))
    }))

    const scope = yield* Effect.scope
    const subscriber = yield* makeSubscriber(
      Effect.tap(client(places.one, deadlineMs), (made) => watch(made, pingMs)),
      secrets
    ).pipe(
      Effect.provideService(Scope.Scope, scope),
      Effect.cached
    )

    return Redis.of({
      command,
      script,
      session,
      subscribe: (channel) => Stream.unwrap(Effect.map(subscriber, ({ messages }) => messages(channel))),
      durabilityProblems,
      status: Effect.sync(shared.status),
      connections: Effect.sync(() => {
        const counts = new Map<number, number>()
        for (const { io, state: { generation } } of open) {
          if (io.status === "ready") counts.set(generation, (counts.get(generation) ?? 0) + 1)
        }
        return counts
      }),
      prove: ({ value }) =>
        places.all.pipe(
          Effect.flatMap(Effect.forEach((node) =>
            openAs(world, node, config.redis.username, value, "proof").pipe(
              Effect.flatMap((socket) => Effect.sync(() => void socket.destroy())),
              Effect.mapError((error) => proofFailed(isRefused(error), `${nodeName(node)}: ${error.detail}`))
            ), { concurrency: 4, discard: true })),
          Effect.catchTag("RedisUnreachable", ({ detail }) => proofFailed(false, detail))
        )
    })
  })
)

const proofFailed = (refused: boolean, detail: string) =>
  new RedisFailed({ operation: "AUTH", reason: refused ? "refused" : "unavailable", detail })

/** Notices a connection that is open but dead: without an answer to PING it is cut and made anew. */
const watch = (client: RedisClient, pingMs: number) =>
  client.ready.await.pipe(
    Effect.andThen(client.send("PING", [], within(pingMs, "PING"))),
    Effect.catch(({ reason }) => reason === "timeout" ? client.cut : Effect.void),
    Effect.schedule(Schedule.spaced("1 second")),
    supervised("redis.ping")
  )

const within = (duration: number, operation: string): Bound =>
  Effect.timeoutOrElse({
    duration,
    orElse: () => Effect.fail(new RedisFailed({ operation, reason: "timeout", detail: "no answer in time" }))
  })
