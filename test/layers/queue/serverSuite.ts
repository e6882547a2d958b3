import { assert, layer } from "@effect/vitest"
import { Effect, Fiber, Layer, Logger, Schedule, type Scope } from "effect"
import { queueKeys } from "../../../layers/queue/keys.ts"
import { queueRedis } from "../../../layers/queue/QueueLayer.ts"
import { Redis } from "../../../layers/redis/Redis.ts"
import { RedisDeadline } from "../../../layers/redis/RedisLayer.ts"
import { redisAdmin } from "../connections.ts"
import { onServer, type Queue, Server } from "./harness.ts"
import { sides } from "./modelTest.ts"
import { alert, dead, delivered, limits, noMeta, parked, queueDriver, texts, wide } from "./queueDriver.ts"

const name = "mutt:{ingest}"
const keys = queueKeys(name)

/** One partition, by the server's own clock, on a server without data. */
const onEmptyServer = <A, E>(test: Effect.Effect<A, E, Queue | Redis | Server | Scope.Scope>) =>
  Effect.gen(function*() {
    const admin = yield* redisAdmin(yield* Server)
    yield* admin.command("FLUSHALL")
    return yield* Effect.provide(test, Layer.fresh(queueRedis(name)))
  })

const until = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.retry(effect, Schedule.spaced("10 millis"))
const some = <A, E, R>(effect: Effect.Effect<ReadonlyArray<A>, E, R>) =>
  until(Effect.flatMap(effect, (all) => all.length === 0 ? Effect.fail("none yet") : Effect.succeed(all)))

/** What the queue promises of a real server: its clock, its troubles, its restarts. */
export const serverSuite = (flavour: "redis" | "valkey") => {
  const world = onServer(flavour).pipe(
    Layer.provide(Layer.succeed(RedisDeadline, 2_000)),
    Layer.provideMerge(Logger.layer([]))
  )
  layer(world, { excludeTestServices: true })(`queue on a ${flavour} server`, (it) => {
    const promise = <A, E>(what: string, test: () => Effect.Effect<A, E, Queue | Redis | Server | Scope.Scope>) =>
      it.effect(what, () => onEmptyServer(Effect.suspend(test)))

    promise("goes by the server's clock: leases, buckets, parked alerts and the breaker", () =>
      Effect.gen(function*() {
        const { alerts, claim, finish, handOver, ids, one } = yield* queueDriver
        yield* handOver([alert("a"), alert("b")])
        const lost = yield* one({ leaseMs: 30 })
        yield* finish(yield* one(), parked(30), 1)
        assert.strictEqual((yield* claim({ breakerTimeoutMs: 60_000 }))._tag, "open")
        const [probe] = yield* some(Effect.map(
          claim({ breakerTimeoutMs: 40 }),
          (answer) => answer._tag === "claimed" && answer.probe ? answer.alerts : []
        ))
        assert.include(["a", "b"], probe?.id)
        if (probe !== undefined) yield* finish(probe, delivered)
        assert.strictEqual((yield* alerts.backlog).breaker, "closed")
        assert.lengthOf(yield* some(ids()), 1)
        assert.isFalse(yield* finish(lost, delivered))

        const two = { rate: 2, ratePeriodMs: 100 }
        yield* handOver([alert("c"), alert("d"), alert("e")])
        yield* ids({ ...two, max: 2 })
        assert.lengthOf(yield* some(ids(two)), 1)
      }))

    promise("tells the rates of the minute that the server has", () =>
      Effect.gen(function*() {
        const { accept, books } = yield* queueDriver
        yield* accept(texts(7))
        const { hours, minutes } = yield* books.rates
        assert.strictEqual(minutes.slice(-2).reduce((a, b) => a + b), 7)
        assert.strictEqual(hours.slice(-2).reduce((a, b) => a + b), 7)
      }))

    promise("goes on after the server lost everything, also for who waits meanwhile", () =>
      Effect.gen(function*() {
        const { accept, events, acknowledge, take } = yield* queueDriver
        const admin = yield* redisAdmin(yield* Server)
        yield* accept(["before"])
        const stale = yield* take()
        const waiting = yield* Effect.forkChild(some(events.read("two", 10, 300)))
        yield* until(Effect.flatMap(admin.command("CLIENT", "LIST"), (all) =>
          String(all).includes("cmd=xreadgroup") ? Effect.void : Effect.fail("not yet waiting")))
        yield* admin.command("FLUSHALL")
        yield* accept(["after"])
        assert.deepStrictEqual(
          (yield* Fiber.join(waiting)).map(({ payload }) =>
            payload
          ),
          ["after"]
        )
        const repeated = stale.map(({ position }) => ({ _tag: "suppressed", position }) as const)
        assert.strictEqual((yield* acknowledge(repeated)).repeated, 1)
      }))

    promise("reads what was never settled when only its consumer group is lost", () =>
      Effect.gen(function*() {
        const { accept, acceptApart, acknowledge, take } = yield* queueDriver
        yield* accept(texts(3))
        yield* acceptApart(texts(3, "f"))
        const held = yield* take(4)
        yield* acknowledge(held.slice(1, 2).map(({ position }) => ({ _tag: "suppressed", position })))
        yield* (yield* redisAdmin(yield* Server)).command("XGROUP", "DESTROY", keys.stream, "alerter")
        assert.deepStrictEqual(
          (yield* take()).map(({ payload }) => payload),
          ["e-0", "e-2", ...texts(3, "f")]
        )
      }))

    promise(
      "holds nothing any more when somebody emptied its stream, and says so in the books",
      () =>
        Effect.gen(function*() {
          const { accept, books, events } = yield* queueDriver
          yield* accept(texts(3))
          yield* (yield* Redis).command("DEL", keys.stream)
          assert.strictEqual((yield* events.backlog).depth, 0)
          const { accepted, eventsWaiting } = yield* books.page
          assert.deepStrictEqual([accepted, eventsWaiting], [3, 0])
          assert.deepStrictEqual(yield* accept(["e"]), [{ _tag: "accepted", depth: 1 }])
        })
    )

    promise(
      "gives room back that somebody made by hand, and discards what earlier releases set aside",
      () =>
        Effect.gen(function*() {
          const { books, letters, quarantine } = yield* queueDriver
          const redis = yield* redisAdmin(yield* Server)
          const room = { ...wide, quarantine: { ...wide.quarantine, records: 100 } }
          yield* redis.command("XADD", keys.quarantine, "*", "e", "old")
          yield* quarantine(texts(100), "syslog/udp", "192.0.2.1", room)
          yield* redis.command("XTRIM", keys.quarantine, "MAXLEN", 0)
          yield* redis.command("XADD", keys.quarantine, "*", "e", "older")
          const [receipt] = yield* quarantine(texts(20), "syslog/udp", "192.0.2.1", room)
          assert.deepStrictEqual(receipt, { _tag: "accepted", depth: 0 })
          const entryIds = (yield* letters.list("quarantine", 100)).map(({ entryId }) => entryId)
          assert.deepStrictEqual(yield* letters.discard("quarantine", entryIds), entryIds)
          assert.strictEqual((yield* books.page).quarantineHeld, 0)
          assert.strictEqual(yield* redis.command("EXISTS", keys.quarantineShares), 0)
        })
    )

    promise("forgets consumers that are gone and hold nothing, and no other", () =>
      Effect.gen(function*() {
        const { acceptApart, events, acknowledge, take } = yield* queueDriver
        const redis = yield* Redis
        const names = Effect.map(redis.command("XINFO", "CONSUMERS", keys.stream, "alerter"), (reply) =>
          Array.isArray(reply) ? reply.map((fields) => Array.isArray(fields) ? String(fields[1]) : "") : [])
        yield* acceptApart(texts(3))
        yield* take(1, "holds")
        for (const consumer of ["gone", "asks"]) {
          yield* acknowledge((yield* take(1, consumer)).map(({ position }) => ({ _tag: "suppressed", position })))
        }
        yield* events.reclaim("asks", 60_000, 10)
        assert.sameMembers(yield* names, ["holds", "gone", "asks"])
        assert.lengthOf(yield* events.reclaim("asks", 0, 10), 1)
        assert.sameMembers(yield* names, ["holds", "asks"])
        yield* events.reclaim("asks", 0, 10)
        assert.deepStrictEqual(yield* names, ["asks"])
      }))

    promise("does not replay an alert that came again after it was forgotten", () =>
      Effect.gen(function*() {
        const { books, finish, handOver, ids, letters, one } = yield* queueDriver
        yield* handOver([alert("a")])
        yield* finish(yield* one(), dead)
        yield* (yield* Redis).command("DEL", keys.alertsRecent)
        yield* handOver([alert("a")])
        const entryIds = (yield* letters.list("alerts", 1)).map(({ entryId }) => entryId)
        assert.deepStrictEqual(yield* letters.replay("alerts", entryIds), [])
        assert.deepStrictEqual(yield* ids(), ["a"])
        const { alertsDead, alertsWaiting } = yield* books.page
        assert.deepStrictEqual([alertsDead, alertsWaiting], [1, 1])
      }))

    promise("takes nothing in and lets everything out when the server's memory is full", () =>
      Effect.gen(function*() {
        const { accept, books, events, finish, handOver, letters, one, acknowledge, take } = yield* queueDriver
        const admin = yield* redisAdmin(yield* Server)
        yield* handOver([alert("a"), alert("b")])
        yield* accept(texts(4))
        yield* Effect.acquireUseRelease(
          admin.command("CONFIG", "SET", "maxmemory", "1mb"),
          () =>
            Effect.gen(function*() {
              const refused = yield* Effect.flip(accept(["one more"]))
              assert.strictEqual(refused._tag, "QueueUnavailable")
              assert.match(refused.detail, /OOM/)
              const room = yield* Effect.flip(events.room({ sender: "s", events: 1, bytes: 1 }, wide))
              assert.match(room.detail, /OOM/)
              const [first, ...rest] = yield* take()
              yield* acknowledge([
                ...first === undefined
                  ? []
                  : [{ _tag: "forwarded", position: first.position, alert: alert("c") } as const],
                ...rest.map(({ position }) => ({ _tag: "suppressed", position }) as const)
              ])
              yield* finish(yield* one(), delivered)
              yield* finish(yield* one(), parked(0))
              yield* finish(yield* one(), dead)
              const [letter] = yield* letters.list("alerts", 1)
              yield* letters.replay("alerts", [letter?.entryId ?? ""])
              assert.strictEqual((yield* events.backlog).depth, 0)
            }),
          () => Effect.orDie(admin.command("CONFIG", "SET", "maxmemory", "0"))
        )
        const page = yield* books.page
        assert.deepStrictEqual([page.accepted, page.forwarded, page.delivered, page.alertsWaiting], [6, 3, 1, 2])
      }))

    promise(
      "keeps what was accepted and handed over when the server is killed, and who held what",
      () =>
        Effect.gen(function*() {
          const { accept, acceptApart, alerts, books, claimed, events, finish, handOver, take } = yield* queueDriver
          const server = yield* Server
          yield* handOver([alert("a"), alert("b")])
          const [held] = yield* claimed({ max: 1 })
          yield* acceptApart(texts(50))
          const inHand = yield* take(20, "dead")
          const before = yield* books.page
          yield* server.kill
          const refused = yield* Effect.flip(accept(["unsure"]))
          assert.strictEqual(refused._tag, "QueueUnavailable")
          yield* server.start
          assert.deepStrictEqual(yield* until(books.page), before)
          assert.deepStrictEqual(yield* events.reclaim("heir", 0, 100), inHand)
          assert.lengthOf(yield* take(100, "heir"), 30)
          assert.isTrue(held !== undefined && (yield* finish(held, delivered)))
          assert.strictEqual((yield* alerts.backlog).depth, 1)
          for (const [left, right] of sides(yield* books.page)) assert.strictEqual(left, right)
        })
    )

    promise("says so, and dies of nothing, while the server is away", () =>
      Effect.gen(function*() {
        const { alerts, books, events, letters } = yield* queueDriver
        const server = yield* Server
        yield* Effect.acquireUseRelease(
          server.stop,
          () =>
            Effect.gen(function*() {
              const failures = yield* Effect.all([
                Effect.flip(events.append([{ sender: "s", events: ["e"], quarantined: [] }], wide)),
                Effect.flip(events.read("one", 1, 10)),
                Effect.flip(events.reclaim("one", 0, 1)),
                Effect.flip(
                  events.acknowledge(
                    [{ _tag: "suppressed", position: { entry: "1-1", index: 0, size: 1, bytes: 9 } }],
                    noMeta
                  )
                ),
                Effect.flip(alerts.claim(limits)),
                Effect.flip(letters.list("events", 1)),
                Effect.flip(books.page)
              ], { concurrency: "unbounded" })
              assert.deepStrictEqual([...new Set(failures.map(({ _tag }) => _tag))], ["QueueUnavailable"])
            }),
          () => server.start
        )
        yield* until(books.page)
      }))
  })
}
