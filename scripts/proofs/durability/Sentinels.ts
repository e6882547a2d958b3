import { Effect } from "effect"
import { says, startNode, startSentinel, until } from "../../../test/layers/redis/nodes.ts"
import { secret } from "../../../test/support/servers.ts"
import { freePort } from "../../stack/FreePort.ts"
import { freezingLink } from "./freezingLink.ts"
import { successorAmong } from "./successor.ts"

const downAfterMs = 3_000
/** Whom the links freeze by; MUTT comes from 127.0.0.1. */
const [firstReplica, secondReplica, sentinel] = ["127.0.0.2", "127.0.0.3", "127.0.0.4"] as const

/** A primary with two replicas, each behind a link, and three sentinels of which two must agree. */
const makeWatched = Effect.gen(function*() {
  const passwords = { admin: secret(), app: secret() }
  const start = Effect.fnUntraced(function*(settings: Readonly<Record<string, string>>) {
    const server = yield* startNode(undefined, passwords, {
      masterauth: passwords.admin,
      "repl-diskless-sync-delay": "0",
      "shutdown-timeout": "0",
      "replica-announce-ip": "127.0.0.1",
      ...settings
    })
    const link = yield* freezingLink(server.port)
    yield* server.admin.command("CONFIG", "SET", "replica-announce-port", link.port)
    return { ...server, link }
  })
  const primary = yield* start({})
  const [first, second] = [
    yield* start({ "bind-source-addr": firstReplica }),
    yield* start({ "bind-source-addr": secondReplica })
  ]
  for (const replica of [first, second]) {
    yield* replica.admin.command("REPLICAOF", "127.0.0.1", primary.link.port)
    yield* until(says(replica, "master_link_status:up", "INFO", "replication"))
  }
  const several = { quorum: 2, password: secret() }
  const watched = { host: "127.0.0.1", port: primary.link.port }
  const lines = [`bind-source-addr ${sentinel}`, "sentinel announce-ip 127.0.0.1"]
  const begin = Effect.flatMap(
    freePort,
    (port) => startSentinel(undefined, { port, password: passwords.admin, lines, watched, downAfterMs, several })
  )
  const sentinels = [yield* begin, yield* begin, yield* begin]
  for (const { admin, master } of sentinels) {
    const knows = Effect.map(
      Effect.orDie(admin.command("SENTINEL", "MASTER", master)),
      (reply) => /num-slaves,2,num-other-sentinels,2,/.test(String(reply))
    )
    yield* until(knows)
  }
  const redis = {
    server: primary,
    settings: {
      REDIS_SENTINELS: sentinels.map(({ port }) => `127.0.0.1:${port}`).join(","),
      REDIS_SENTINEL_MASTER: sentinels[0]?.master ?? ""
    },
    secrets: { REDIS_SENTINEL_PASS: several.password }
  }
  return { primary, first, second, redis, successor: successorAmong([first, second]) }
}).pipe(Effect.orDie)

/** The primary dies. */
export const makeSentinels = Effect.map(makeWatched, ({ primary, redis, successor }) => ({
  redis,
  freeze: [primary.link.freeze(true, firstReplica), primary.link.freeze(true, secondReplica)],
  kill: primary.kill,
  successor,
  goOn: primary.start
}))

/** The primary lives on where MUTT is and nobody else, does not know it, and comes back. */
export const makeCutOff = Effect.map(makeWatched, ({ first, primary, redis, second }) => {
  const cut = (now: boolean) =>
    Effect.forEach([firstReplica, secondReplica, sentinel], (from) => primary.link.freeze(now, from), { discard: true })
  // Before the other replica follows it too, it would confirm what the old one takes: that is what "divided" shows.
  const successor = successorAmong([first, second], 1)
  return { redis, freeze: [cut(true)], kill: Effect.void, successor, goOn: cut(false) }
})

/** The same, with a replica on its side that confirms what the others never see. */
export const makeDivided = Effect.map(makeWatched, ({ primary, redis, second, successor }) => {
  const cut = (now: boolean) =>
    Effect.all([
      primary.link.freeze(now, firstReplica),
      primary.link.freeze(now, sentinel),
      second.link.freeze(now, sentinel)
    ], { discard: true })
  return { redis, freeze: [cut(true)], kill: Effect.void, successor, goOn: cut(false) }
})
