import { Effect, Schedule } from "effect"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { Redis } from "../../../layers/redis/Redis.ts"
import { withLibraries } from "../../../scripts/stack/Command.ts"
import { freePort, isFree } from "../../../scripts/stack/FreePort.ts"
import { stateFolder } from "../../../scripts/stack/Paths.ts"
import { privateServer } from "../../../scripts/stack/PrivateServer.ts"
import { redisTool } from "../../../scripts/stack/Tools.ts"
import { type RedisServer, redisServer, scratch, secret } from "../../support/servers.ts"
import { redisAdmin } from "../connections.ts"

type Flavour = "redis" | "valkey"

export interface Node extends RedisServer {
  readonly address: { readonly host: string; readonly port: number }
  readonly name: string
  readonly admin: Redis["Service"]
}

export const startNode = Effect.fnUntraced(function*(
  flavour: Flavour | undefined,
  passwords: { readonly admin: string; readonly app: string },
  settings: Readonly<Record<string, string>>,
  wideRights = false
) {
  const server = yield* redisServer({ flavour, passwords, settings, wideRights })
  const { host, port } = server
  const node: Node = { ...server, address: { host, port }, name: `${host}:${port}`, admin: yield* redisAdmin(server) }
  return node
})

export const until = <E, R>(ok: Effect.Effect<boolean, E, R>) =>
  ok.pipe(
    Effect.flatMap((yes) => yes ? Effect.void : Effect.fail("not yet")),
    Effect.retry(Schedule.spaced("50 millis")),
    Effect.orDie
  )

export const says = (node: Node, text: string, ...command: readonly [string, ...ReadonlyArray<string>]) =>
  Effect.map(node.admin.command(...command), (reply) => String(reply).includes(text))

/** Three nodes with a third of the slots each. */
export const redisCluster = Effect.fnUntraced(function*(flavour: Flavour, wideRights = false) {
  const passwords = { admin: secret(), app: secret() }
  const buses = yield* Effect.all([freePort, freePort, freePort])
  const nodes = yield* Effect.forEach(
    buses,
    (bus) =>
      startNode(flavour, passwords, {
        "cluster-enabled": "yes",
        "cluster-port": String(bus),
        "cluster-node-timeout": "2000"
      }, wideRights)
  )
  const ranges = [["0", "5460"], ["5461", "10922"], ["10923", "16383"]] as const
  for (const [index, node] of nodes.entries()) {
    const [from, to] = ranges[index] ?? ["0", "0"]
    yield* node.admin.command("CLUSTER", "ADDSLOTSRANGE", from, to)
    yield* node.admin.command("CLUSTER", "SET-CONFIG-EPOCH", index + 1)
  }
  for (const [index, other] of nodes.entries()) {
    if (index > 0) {
      yield* Effect.orDie(
        nodes[0]?.admin.command("CLUSTER", "MEET", other.host, other.port, buses[index] ?? 0) ?? Effect.void
      )
    }
  }
  for (const node of nodes) {
    yield* until(says(node, "cluster_state:ok", "CLUSTER", "INFO"))
    yield* until(says(node, "cluster_known_nodes:3", "CLUSTER", "INFO"))
  }
  return { nodes, passwords }
})

const master = "mymaster"

/** A master, its replica, and one sentinel with a password of its own that watches them. */
export const redisSentinel = Effect.fnUntraced(function*(flavour: Flavour, downAfterMs: number, wideRights = false) {
  const passwords = { admin: secret(), app: secret() }
  const [first, second] = yield* Effect.all(
    [0, 1].map(() =>
      startNode(flavour, passwords, { masterauth: passwords.admin, "repl-diskless-sync-delay": "0" }, wideRights)
    )
  )
  if (first === undefined || second === undefined) return yield* Effect.die("no nodes")
  yield* second.admin.command("REPLICAOF", first.host, first.port)
  yield* until(says(second, "master_link_status:up", "INFO", "replication"))

  const sentinel = yield* startSentinel(flavour, {
    port: yield* freePort,
    password: passwords.admin,
    lines: [],
    watched: first.address,
    downAfterMs
  })
  // It looks at its nodes every ten seconds otherwise.
  yield* sentinel.admin.command("SENTINEL", "DEBUG", "INFO-PERIOD", 100, "PUBLISH-PERIOD", 100)
  yield* until(says({ ...first, admin: sentinel.admin }, String(second.port), "SENTINEL", "REPLICAS", master))
  return { first, second, passwords, sentinel }
})

/** A sentinel with a password of its own. */
export const startSentinel = Effect.fnUntraced(function*(flavour: Flavour | undefined, options: {
  readonly port: number
  /** Of the servers' administrator. */
  readonly password: string
  readonly watched: Node["address"]
  readonly lines: ReadonlyArray<string>
  /** A node that is silent so long is taken for dead. */
  readonly downAfterMs: number
  /** How many sentinels must agree on that, and their password, where there are several. */
  readonly several?: { readonly quorum: number; readonly password: string }
}) {
  const { lines, port, several, watched } = options
  const tool = yield* redisTool(flavour)
  const folder = yield* scratch(join(stateFolder, "run"))
  const password = several?.password ?? secret()
  const file = join(folder, "sentinel.conf")
  mkdirSync(folder, { recursive: true })
  writeFileSync(
    file,
    [
      `port ${port}`,
      "bind 127.0.0.1",
      `dir "${folder}"`,
      `requirepass ${password}`,
      ...lines,
      `sentinel monitor ${master} ${watched.host} ${watched.port} ${several?.quorum ?? 1}`,
      `sentinel auth-pass ${master} ${options.password}`,
      `sentinel down-after-milliseconds ${master} ${options.downAfterMs}`,
      `sentinel failover-timeout ${master} 10000`,
      ""
    ].join("\n"),
    { mode: 0o600 }
  )
  const sentinel = yield* privateServer({
    name: "Sentinel",
    launch: {
      program: tool.bin,
      args: [file, "--sentinel"],
      env: withLibraries(tool.libraries),
      log: join(folder, "log"),
      stopSignal: "TERM"
    },
    ready: () => Effect.map(isFree(port), (free) => !free)
  })
  yield* sentinel.start
  const admin = yield* redisAdmin({ port, adminUrl: `redis://default:${password}@127.0.0.1:${port}` })
  yield* Effect.orDie(admin.command("PING"))
  return { port, password, master, admin }
})
