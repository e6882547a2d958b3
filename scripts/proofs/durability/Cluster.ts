import { Effect } from "effect"
import { queueKeys } from "../../../layers/queue/keys.ts"
import { says, startNode, until } from "../../../test/layers/redis/nodes.ts"
import { secret } from "../../../test/support/servers.ts"
import { freePort } from "../../stack/FreePort.ts"
import { freezingLink } from "./freezingLink.ts"
import { successorAmong } from "./successor.ts"

const nodeTimeoutMs = 3_000
/** The first and the last slot of each primary. */
const ranges = [[0, 5_460], [5_461, 10_922], [10_923, 16_383]] as const
const replicaAddress = "127.0.0.2"

/** A cluster of three primaries with a replica each. The one that holds the queue is reached over a link. */
export const makeCluster = Effect.gen(function*() {
  const passwords = { admin: secret(), app: secret() }
  const start = Effect.fnUntraced(function*(settings: Readonly<Record<string, string>>) {
    const bus = yield* freePort
    const node = yield* startNode(undefined, passwords, {
      masterauth: passwords.admin,
      "repl-diskless-sync-delay": "0",
      "shutdown-timeout": "0",
      "cluster-enabled": "yes",
      "cluster-port": String(bus),
      "cluster-node-timeout": String(nodeTimeoutMs),
      "cluster-announce-ip": "127.0.0.1",
      ...settings
    })
    return { ...node, bus, id: String(yield* node.admin.command("CLUSTER", "MYID")) }
  })
  const primaries = yield* Effect.forEach(ranges, () => start({}))
  const replicas = yield* Effect.forEach(ranges, () => start({ "bind-source-addr": replicaAddress }))
  const all = [...primaries, ...replicas]
  const [first] = primaries
  if (first === undefined) return yield* Effect.die("no nodes")
  const slot = Number(yield* first.admin.command("CLUSTER", "KEYSLOT", queueKeys("mutt:{ingest}").stream))
  const holder = ranges.findIndex(([from, to]) => from <= slot && slot <= to)
  const [primary, replica] = [primaries[holder], replicas[holder]]
  if (primary === undefined || replica === undefined) return yield* Effect.die("no holder")

  const link = yield* freezingLink(primary.port)
  yield* primary.admin.command("CONFIG", "SET", "cluster-announce-port", link.port)
  for (const [index, [from, to]] of ranges.entries()) {
    yield* primaries[index]?.admin.command("CLUSTER", "ADDSLOTSRANGE", from, to) ?? Effect.void
  }
  for (const [index, { admin }] of all.entries()) yield* admin.command("CLUSTER", "SET-CONFIG-EPOCH", index + 1)
  for (const { bus, port } of all.slice(1)) yield* first.admin.command("CLUSTER", "MEET", "127.0.0.1", port, bus)
  for (const node of all) {
    yield* until(says(node, "cluster_known_nodes:6", "CLUSTER", "INFO"))
    yield* until(says(node, "cluster_state:ok", "CLUSTER", "INFO"))
    yield* until(says(node, `127.0.0.1:${link.port}@`, "CLUSTER", "NODES"))
  }
  for (const [index, node] of replicas.entries()) {
    yield* node.admin.command("CLUSTER", "REPLICATE", primaries[index]?.id ?? "")
    yield* until(says(node, "master_link_status:up", "INFO", "replication"))
  }
  for (const node of all) {
    const known = Effect.map(
      node.admin.command("CLUSTER", "SLOTS"),
      (reply) => replicas.every(({ id }) => String(reply).includes(id))
    )
    yield* until(known)
  }
  return {
    redis: {
      server: primary,
      settings: {
        REDIS_CLUSTER_NODES: all.filter((node) => node !== primary).map(({ name }) => name).join(",")
      },
      secrets: {}
    },
    freeze: [link.freeze(true, replicaAddress)],
    kill: primary.kill,
    successor: successorAmong([replica]),
    goOn: primary.start
  }
}).pipe(Effect.orDie)
