import { sha1 } from "@noble/hashes/legacy.js"
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js"
import { Context, Effect, Layer, Schedule, Scope, Stream } from "effect"
import { supervised } from "../telemetry/supervised.ts"
import { blockMs } from "./blockMs.ts"
import { makeClusterRouter } from "./clusterRouter.ts"
import { redisContext, secretName, type Target } from "./connect.ts"
import { isRefused, type NodeAddress, type RedisUnreachable } from "./connection.ts"
import { makeBlockingConnections, sendDurably } from "./durableScript.ts"
import { askDurability, problemsOf } from "./nodeDurability.ts"
import { askState } from "./nodeState.ts"
import { reauthenticate } from "./reauthenticate.ts"
import {
  type DurableReply,
  Redis,
  type RedisConnection,
  RedisFailed,
  type RedisNodeState,
  type RedisScript
} from "./Redis.ts"
import { type Bound, makeClient, type RedisClient, type RedisSender } from "./RedisClient.ts"
import { makeScriptTime } from "./scriptTime.ts"
import { type Ask, detailOf, loginWith, nodeName, openAs, withShortLivedConnection } from "./shortLivedConnection.ts"
import { makeSubscriber } from "./subscription.ts"
import { makeTopology } from "./topology.ts"

/** Milliseconds a command waits for a connection, and then for its answer. */
export const RedisDeadline = Context.Reference<number>("mutt/layers/redis/RedisDeadline", { defaultValue: () => 5_000 })

/** Redis over ioredis. Needs `Environment`, `Secrets` and a `FileSystem`. Builds at once, also while Redis is away. */
export const RedisLayer = Layer.effect(
  Redis,
  Effect.gen(function*() {
    const context = yield* redisContext
    const { config, secrets } = context
    const deadlineMs = yield* RedisDeadline
    // Long enough for a server that stalls on its disk.
    const pingMs = deadlineMs * 0.6
    const topology = makeTopology(context, loginWith(context, secretName, config.redis.username, "slots", "fail"))

    const open = new Set<RedisClient>()
    const client = (target: Target, answerMs: number | undefined) =>
      Effect.acquireRelease(
        makeClient({ ...context, ...target, waitMs: deadlineMs, answerMs }),
        (made) => Effect.sync(() => open.delete(made))
      ).pipe(Effect.tap((made) => Effect.sync(() => open.add(made))))

    const sender = (
      answerMs: number | undefined,
      maintain: (client: RedisClient) => Effect.Effect<void, never, Scope.Scope>
    ): Effect.Effect<RedisSender, never, Scope.Scope> => {
      const maintained = (target: Target) => Effect.tap(client(target, answerMs), maintain)
      return topology.cluster === undefined
        ? maintained(topology.one)
        : makeClusterRouter(
          topology.cluster,
          (node) => maintained({ address: Effect.succeed(node), primary: false, server: nodeName(node) }),
          deadlineMs
        )
    }

    const shared = yield* sender(
      deadlineMs,
      (made) => Effect.andThen(watch(made, pingMs), reauthenticate(made, context, 0))
    )
    /** Asks each node over a connection of its own. */
    const askEach = <A>(
      question: (ask: Ask, address: NodeAddress) => Effect.Effect<ReadonlyArray<A>, RedisFailed | RedisUnreachable>,
      unasked: (node: string, detail: string) => ReadonlyArray<A>
    ): Effect.Effect<ReadonlyArray<A>, RedisFailed> => {
      const login = loginWith(context, secretName, config.redis.username, "check", "fail")
      return topology.all.pipe(
        Effect.catch(({ detail }) => new RedisFailed({ operation: "INFO", reason: "unavailable", detail })),
        Effect.flatMap(Effect.forEach((address) =>
          withShortLivedConnection(login, address).pipe(
            Effect.flatMap((ask) => question(ask, address)),
            Effect.scoped,
            Effect.catch((error) => Effect.succeed(unasked(nodeName(address), detailOf(error))))
          ), { concurrency: 4 })),
        Effect.map((all) => all.flat())
      )
    }
    const durabilityProblems: Redis["Service"]["durabilityProblems"] = (replicas) =>
      askEach(
        (ask, address) =>
          Effect.map(
            askDurability(nodeName(address), ask, topology.keyOn(address), replicas),
            (told) => problemsOf(told, replicas)
          ),
        (node, detail) => [{ node, severity: "weaker", text: `it cannot be asked: ${detail}` }]
      )

    const command: RedisConnection["command"] = (name, ...args) => shared.send(name, args)

    const timed = yield* makeScriptTime
    const shas = new Map<string, string>()
    const shaOf = (script: RedisScript) => {
      const known = shas.get(script.lua)
      if (known !== undefined) return known
      const sha = bytesToHex(sha1(utf8ToBytes(script.lua)))
      shas.set(script.lua, sha)
      return sha
    }
    /** Sends a script by its hash, and whole to a server that does not have it. */
    const evaluate = <A>(
      { lua, name }: RedisScript,
      hash: string,
      send: (command: "EVALSHA" | "EVAL", script: string) => Effect.Effect<A, RedisFailed>
    ) =>
      Effect.catchIf(
        send("EVALSHA", hash),
        (error) => error.reason === "reply" && error.detail.startsWith("NOSCRIPT"),
        () => send("EVAL", lua)
      ).pipe(
        Effect.mapError(({ detail, reason, unsent }) =>
          new RedisFailed({ operation: name, reason, detail, ...(unsent === true ? { unsent } : {}) })
        )
      )
    const script: Redis["Service"]["script"] = (script, keys, args) =>
      timed(
        script.name,
        evaluate(script, shaOf(script), (command, text) => shared.send(command, [text, keys.length, ...keys, ...args]))
      )

    const withBlocking = yield* makeBlockingConnections(sender(undefined, (made) => reauthenticate(made, context, 0)))
    const durable: Redis["Service"]["durable"] = (script, keys, args, durability) =>
      timed(
        script.name,
        withBlocking((own) =>
          evaluate(script, shaOf(script), (command, text) => {
            const rest = [text, keys.length, ...keys, ...args]
            return Effect.suspend(() => {
              let answer: DurableReply | undefined
              const send = own.send(command, rest, (_, io) =>
                Effect.tap(sendDurably(io, [command, ...rest], durability, deadlineMs), (reply) =>
                  Effect.sync(() => void (answer = reply))))
              return Effect.flatMap(send, () =>
                answer === undefined ? Effect.die("no answer") : Effect.succeed(answer))
            })
          })
        )
      )

    const ownConnection = Effect.map(
      sender(undefined, (made) => reauthenticate(made, context, 300)),
      (own): RedisConnection => ({
        command: (name, ...args) =>
          own.send(name, args, (sent) =>
            sent.pipe(
              // The server would go on with an interrupted read, and its answer would come as that of the next command.
              Effect.onInterrupt(() => own.cut),
              within(deadlineMs + blockMs(name, args), name)
            ))
      })
    )

    const scope = yield* Effect.scope
    const subscriber = yield* makeSubscriber(
      Effect.tap(client(topology.one, deadlineMs), (made) => watch(made, pingMs)),
      secrets
    ).pipe(
      Effect.provideService(Scope.Scope, scope),
      Effect.cached
    )

    return Redis.of({
      command,
      script,
      durable,
      ownConnection,
      subscribe: (channel) => Stream.unwrap(Effect.map(subscriber, (messages) => messages(channel))),
      durabilityProblems,
      nodeStates: askEach<RedisNodeState>(
        (ask, address) => Effect.map(askState(nodeName(address), ask), (state) => [state]),
        () => []
      ),
      status: Effect.sync(shared.status),
      connections: Effect.sync(() => {
        const counts = new Map<number, number>()
        for (const { current, state: { generation } } of open) {
          if (current() !== undefined) counts.set(generation, (counts.get(generation) ?? 0) + 1)
        }
        return counts
      }),
      prove: ({ value }) =>
        topology.all.pipe(
          Effect.flatMap(Effect.forEach((node) =>
            openAs(context, node, config.redis.username, value, "proof").pipe(
              Effect.scoped,
              Effect.mapError((error) => proofFailed(isRefused(error), `${nodeName(node)}: ${error.detail}`))
            ), { concurrency: 4, discard: true })),
          Effect.catchTag("RedisUnreachable", ({ detail }) => proofFailed(false, detail))
        )
    })
  })
)

const proofFailed = (refused: boolean, detail: string) =>
  new RedisFailed({ operation: "AUTH", reason: refused ? "refused" : "unavailable", detail })

/** Replaces a connection that is open but dead: one that does not answer PING. */
const watch = (client: RedisClient, pingMs: number) =>
  client.ready.await.pipe(
    Effect.andThen(client.send("PING", [], within(pingMs, "PING"))),
    Effect.catch(({ reason }) => reason === "timeout" ? client.cut : Effect.void),
    Effect.schedule(Schedule.spaced("1 second")),
    supervised("redis.ping")
  )

const within = (duration: number, operation: string): (sent: Parameters<Bound>[0]) => ReturnType<Bound> =>
  Effect.timeoutOrElse({
    duration,
    orElse: () => Effect.fail(new RedisFailed({ operation, reason: "timeout", detail: "no answer in time" }))
  })
