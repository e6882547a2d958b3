import { Effect } from "effect"
import { readInfo } from "./nodeState.ts"
import { type DurabilityProblem, RedisFailed } from "./Redis.ts"
import type { Ask } from "./shortLivedConnection.ts"

/** How one node keeps what it is told. */
export interface NodeDurability {
  /** `host:port`. */
  readonly node: string
  readonly primary: boolean
  readonly version: string
  /** It writes an append-only file. */
  readonly appendOnly: boolean
  /** Its last write to that file went well. */
  readonly appendWorks: boolean
  /** `maxmemory-policy`. */
  readonly evicts: string
  /** Replicas that are connected to it. */
  readonly replicas: number
  /** Each write is on its disk before it is answered. Absent when nobody can tell: WAITAOF came with Redis 7.2. */
  readonly syncsEachWrite?: boolean | undefined
  /** So it is on its replicas' disks, half a second later at the latest. Absent when nobody can tell, or asks for it. */
  readonly replicasSync?: boolean | undefined
}

/** `appendfsync everysec` answers one of so many at once by chance, and never all of them. */
const probes = 20
const probeMs = 100
const replicaProbeMs = 500

/**
 * Asks one node with INFO, and probes it with writes that must be on disk at once.
 * Neither needs rights to read its configuration. `probeKey` is a key that this node holds; without one it is not probed.
 */
export const askDurability = Effect.fnUntraced(function*(
  node: string,
  ask: Ask,
  probeKey: string | undefined,
  /** How many shall have each write; 0: nobody asks. */
  replicas = 0
) {
  const told = yield* readInfo(ask, ["server", "persistence", "memory", "replication"])
  const appendOnly = told.get("aof_enabled") !== "0"
  const primary = told.get("role") !== "slave"
  const connected = Number(told.get("connected_slaves") ?? 0)
  const probed = primary && appendOnly ? probeKey : undefined
  const durability: NodeDurability = {
    node,
    primary,
    version: told.get("valkey_version") ?? told.get("redis_version") ?? "",
    appendOnly,
    appendWorks: (told.get("aof_last_write_status") ?? "ok") === "ok",
    evicts: told.get("maxmemory_policy") ?? "noeviction",
    replicas: connected,
    ...(probed === undefined ? {} : { syncsEachWrite: yield* syncsEachWrite(ask, probed) }),
    ...(probed === undefined || replicas === 0 || connected < replicas
      ? {}
      : { replicasSync: yield* replicasSync(ask, probed, replicas) })
  }
  return durability
})

/** `undefined` when the command is not there, or not allowed. */
const syncsEachWrite = Effect.fnUntraced(function*(ask: Ask, key: string) {
  for (let probe = 0; probe < probes; probe++) {
    // In one piece: Valkey 9 answers a WAITAOF that comes a turn later at once when nobody replicates, synced or not.
    const [, answer] = yield* ask.together(["SET", key, probe, "PX", 60_000], ["WAITAOF", 1, 0, probeMs])
    if (!Array.isArray(answer) || Number(answer[0]) < 1) return false
  }
  return true
}, Effect.catchIf((error) => error instanceof RedisFailed && error.reason === "reply", () => Effect.succeed(undefined)))

/** `appendfsync everysec` is late for half of the probes. WAIT asks replicas how far they are. */
const replicasSync = Effect.fnUntraced(function*(ask: Ask, key: string, replicas: number) {
  const wait = ["WAIT", replicas, replicaProbeMs] as const
  // Alone at first: a server that knows no WAITAOF can tell at least that a replica is silent.
  const [, received] = yield* ask.together(["SET", key, probes, "PX", 60_000], wait)
  if (Number(received) < replicas) return false
  for (let probe = 0; probe < probes; probe++) {
    const [, , answer] = yield* ask.together(
      ["SET", key, probe, "PX", 60_000],
      wait,
      ["WAITAOF", 0, replicas, replicaProbeMs]
    )
    if (!Array.isArray(answer) || Number(answer[1]) < replicas) return false
  }
  return true
}, Effect.catchIf((error) => error instanceof RedisFailed && error.reason === "reply", () => Effect.succeed(undefined)))

/** Judges a node; `replicas` is how many a primary shall have. */
export const problemsOf = (node: NodeDurability, replicas: number): ReadonlyArray<DurabilityProblem> => {
  const problem = (severity: DurabilityProblem["severity"], text: string) => ({ node: node.node, severity, text })
  return [
    ...(node.appendOnly
      ? []
      : [problem("loses", "it writes no append-only file: set appendonly to yes, and appendfsync to always")]),
    ...(node.appendWorks
      ? []
      : [problem("loses", "it cannot write its append-only file: look at its log and its disk")]),
    ...(node.evicts === "noeviction"
      ? []
      : [problem("loses", `it may evict accepted events (${node.evicts}): set maxmemory-policy to noeviction`)]),
    ...(node.primary && node.replicas < replicas
      ? [problem("loses", `it has ${node.replicas} of the ${replicas} replicas that INGEST_DURABILITY asks for`)]
      : []),
    ...(node.syncsEachWrite === false
      ? [problem("weaker", "it answers before its disk has what it was told: set appendfsync to always")]
      : []),
    ...(node.replicasSync === false
      ? [problem(
        "weaker",
        "its replicas are silent, or have on their disks too late what it told them: set appendfsync to always there too"
      )]
      : []),
    ...(Number.parseInt(node.version, 10) < 7
      ? [problem("weaker", "it is too old: MUTT needs version 7 or later")]
      : [])
  ]
}
