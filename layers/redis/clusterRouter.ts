import { Effect, Exit, Fiber, Metric, Schedule, Scope, Semaphore } from "effect"
import { Command } from "ioredis"
import { steadyMillis } from "../telemetry/steadyTime.ts"
import { plain } from "./commandSender.ts"
import { notYet } from "./connect.ts"
import type { NodeAddress } from "./connection.ts"
import type { RedisArgument, RedisFailed, RedisStatus } from "./Redis.ts"
import { type Bound, type RedisClient, type RedisSender, unsent } from "./RedisClient.ts"
import { nodeName } from "./shortLivedConnection.ts"
import type { SlotMap } from "./slotMap.ts"

const redirections = Metric.counter("mutt_redis_redirections_total", {
  description: "Commands that a node of a Redis Cluster did not do but sent elsewhere or put off, by answer.",
  incremental: true
})

/** How long a command waits for one node before the slot map is read again. */
const nodeWaitMs = 300

const pauseMs = 100

/** Redirections followed without a pause; nodes that contradict each other need time to agree. */
const maxHops = 4

/**
 * Sends each command to the node that holds its keys, over one connection to each node.
 *
 * A node that names another one (MOVED, ASK) or a later time (TRYAGAIN, CLUSTERDOWN) has done nothing of the command,
 * so it is sent again, for as long as a command waits for a connection.
 */
export const makeClusterRouter = (
  map: SlotMap,
  open: (node: NodeAddress) => Effect.Effect<RedisClient, never, Scope.Scope>,
  waitMs: number
): Effect.Effect<RedisSender, never, Scope.Scope> =>
  Effect.gen(function*() {
    const own = yield* Effect.scope
    const nodes = new Map<string, { readonly client: RedisClient; readonly scope: Scope.Closeable }>()
    /** Why the cluster could not be asked; empty when it could. */
    let trouble = notYet().detail

    const clientFor = (node: NodeAddress): Effect.Effect<RedisClient> =>
      Effect.suspend(() => {
        const known = nodes.get(nodeName(node))
        return known === undefined ? openClient(node) : Effect.succeed(known.client)
      })
    const oneAtATime = Semaphore.makeUnsafe(1)
    const openClient = (node: NodeAddress) =>
      oneAtATime.withPermit(Effect.uninterruptible(Effect.gen(function*() {
        const known = nodes.get(nodeName(node))
        if (known !== undefined) return known.client
        const scope = yield* Scope.fork(own)
        const client = yield* Scope.provide(open(node), scope)
        nodes.set(nodeName(node), { client, scope })
        return client
      })))

    /** Reads the slot map, and closes connections to nodes that hold no slots and do not answer. */
    const refresh = map.refresh.pipe(
      Effect.andThen(Effect.suspend(() => {
        trouble = ""
        const owners = new Set(map.owners().map(nodeName))
        const gone = [...nodes].filter(([name, { client }]) => !owners.has(name) && client.current() === undefined)
        return Effect.forEach(gone, ([name, { scope }]) => {
          nodes.delete(name)
          return Scope.close(scope, Exit.void)
        }, { discard: true })
      })),
      Effect.catch(({ detail }) =>
        Effect.sync(() => {
          trouble = detail
        })
      )
    )

    let refreshing: Fiber.Fiber<void> | undefined
    /** Joins the refresh under way, or begins one, and waits for it a moment. */
    const refreshed = Effect.gen(function*() {
      refreshing ??= yield* refresh.pipe(
        Effect.ensuring(Effect.sync(() => void (refreshing = undefined))),
        Effect.forkIn(own, { startImmediately: false })
      )
      yield* Effect.timeoutOption(Fiber.await(refreshing), nodeWaitMs)
    })

    const attempt = (
      command: RoutedCommand,
      asked: NodeAddress | undefined,
      hops: number
    ): Effect.Effect<unknown, RedisFailed> =>
      Effect.gen(function*() {
        const node = asked ?? map.owner(command.slot)
        if (node === undefined) {
          if (yield* late(command)) return yield* unsent(command.name, { refused: false, detail: trouble }, "")
          yield* refreshed
          if (map.owner(command.slot) === undefined) yield* Effect.sleep(pauseMs)
          return yield* attempt(command, undefined, hops)
        }
        const client = yield* clientFor(node)
        const { args, bound, name } = command
        return yield* client.trySend(name, args, { waitMs: nodeWaitMs, bound, asking: asked !== undefined }).pipe(
          Effect.catchTag("Unsent", ({ answer }) => again(command, node, client, answer, hops))
        )
      })

    const again = Effect.fnUntraced(function*(
      command: RoutedCommand,
      node: NodeAddress,
      client: RedisClient,
      answer: string,
      hops: number
    ): Effect.fn.Return<unknown, RedisFailed> {
      if (answer !== "") {
        yield* Metric.update(Metric.withAttributes(redirections, { answer: answer.split(" ", 1)[0] ?? "" }), 1)
      }
      if (yield* late(command)) return yield* unsent(command.name, client.state, answer)
      const there = redirection(answer, node)
      if (there === undefined || hops >= maxHops) {
        yield* refreshed
        yield* Effect.sleep(pauseMs)
        return yield* attempt(command, undefined, 0)
      }
      if (there.word === "ASK") return yield* attempt(command, there.node, hops + 1)
      map.moved(there.slot, there.node)
      yield* Effect.forkIn(refreshed, own)
      return yield* attempt(command, undefined, hops + 1)
    })

    const clients = () => Array.from(nodes.values(), ({ client }) => client)
    return {
      send: (name, args, bound) =>
        Effect.flatMap(steadyMillis, (now) =>
          attempt({ name, args, bound, slot: slotOf(name, args), until: now + waitMs }, undefined, 0)),
      cut: Effect.suspend(() =>
        Effect.forEach(clients(), ({ cut }) => cut, { discard: true })
      ),
      connected: refresh.pipe(
        Effect.andThen(Effect.suspend(() => map.owners().length > 0 ? Effect.void : Effect.fail("not yet"))),
        Effect.retry(Schedule.spaced("1 second")),
        Effect.orDie,
        Effect.andThen(Effect.suspend(() => Effect.forEach(map.owners(), clientFor))),
        Effect.flatMap(Effect.forEach(({ connected }) => connected, { discard: true }))
      ),
      status: () => {
        const owners = map.owners().map((node) => nodes.get(nodeName(node))?.client.status() ?? nobody)
        return owners.find(({ connected }) => !connected) ?? owners[0] ?? { ...nobody, detail: trouble }
      }
    }
  })

interface RoutedCommand {
  readonly name: string
  readonly args: ReadonlyArray<RedisArgument>
  readonly bound: Bound | undefined
  readonly slot: number | undefined
  /** By steadyMillis. */
  readonly until: number
}

const late = ({ until }: { readonly until: number }) => Effect.map(steadyMillis, (now) => now >= until)

const nobody: RedisStatus = { connected: false, slot: "none", fingerprint: "", refused: false, detail: notYet().detail }

/** Of the first key; `undefined` when the command has none, and any node may do it. */
const slotOf = (name: string, args: ReadonlyArray<RedisArgument>): number | undefined =>
  new Command(name, args.slice(0, 64).map(plain)).getSlot() ?? undefined

/** `MOVED <slot> <host>:<port>`, `ASK …`; without a host it is the one that was asked. */
const redirection = (answer: string, asked: NodeAddress) => {
  const [, word, slot, host, port] = /^(MOVED|ASK) (\d+) (.*):(\d+)/.exec(answer) ?? []
  return word === undefined || Number(slot) > 16_383
    ? undefined
    : { word, slot: Number(slot), node: { host: host || asked.host, port: Number(port) } }
}
