import { Effect } from "effect"
import { says, startNode, startSentinel, until } from "../../../test/layers/redis/nodes.ts"
import { secret } from "../../../test/support/servers.ts"
import { freePort } from "../../stack/FreePort.ts"
import { freezingLink } from "./freezingLink.ts"
import { type Node, successorAmong } from "./successor.ts"

const downAfterMs = 3_000

/** A primary with two replicas, and three sentinels of which two must agree. */
export const makeSentinels = Effect.gen(function*() {
  const passwords = { admin: secret(), app: secret() }
  const settings = {
    masterauth: passwords.admin,
    "repl-diskless-sync-delay": "0",
    "shutdown-timeout": "0",
    "replica-announce-ip": "127.0.0.1"
  }
  const primary = yield* startNode(undefined, passwords, settings)
  // All reach the primary over one link, on which a replica is known by its address.
  const link = yield* freezingLink(primary.port)
  const replicas: Array<Node & { readonly address: string }> = []
  for (const address of ["127.0.0.2", "127.0.0.3"]) {
    const replica = yield* startNode(undefined, passwords, { ...settings, "bind-source-addr": address })
    yield* replica.admin.command("REPLICAOF", "127.0.0.1", link.port)
    yield* until(says(replica, "master_link_status:up", "INFO", "replication"))
    replicas.push({ admin: replica.admin, address })
  }
  const several = { quorum: 2, password: secret() }
  const sentinels = yield* Effect.forEach(
    [1, 2, 3],
    () =>
      Effect.flatMap(freePort, (port) =>
        startSentinel(undefined, {
          port,
          password: passwords.admin,
          lines: [],
          watched: { host: "127.0.0.1", port: link.port },
          downAfterMs,
          several
        }))
  )
  for (const { admin, master } of sentinels) {
    const knows = Effect.map(
      Effect.orDie(admin.command("SENTINEL", "MASTER", master)),
      (reply) => /num-slaves,2,num-other-sentinels,2,/.test(String(reply))
    )
    yield* until(knows)
  }
  return {
    redis: {
      server: primary,
      settings: {
        REDIS_SENTINELS: sentinels.map(({ port }) => `127.0.0.1:${port}`).join(","),
        REDIS_SENTINEL_MASTER: sentinels[0]?.master ?? ""
      },
      secrets: { REDIS_SENTINEL_PASS: several.password }
    },
    freeze: replicas.map(({ address }) => link.freeze(true, address)),
    kill: primary.kill,
    successor: successorAmong(replicas),
    goOn: primary.start
  }
}).pipe(Effect.orDie)
