import { Effect } from "effect"
import { Command } from "ioredis"
import type { RedisContext, Target } from "./connect.ts"
import type { NodeAddress, RedisUnreachable } from "./connection.ts"
import { makeSentinels } from "./sentinel.ts"
import { type Login, nodeName } from "./shortLivedConnection.ts"
import { makeSlotMap, type SlotMap } from "./slotMap.ts"

/** Enough of them for every node of a large cluster to hold one. */
const probeKeys = Array.from({ length: 1_000 }, (_, index) => `mutt:{probe:${index}}`)

/** The nodes of Redis: of one server, behind sentinels, or of a cluster. */
export interface Topology {
  /** `undefined` without a cluster. */
  readonly cluster: SlotMap | undefined
  /** The target of a single connection: the master, or the nodes of a cluster in turn. */
  readonly one: Target
  /** Every node, replicas too. */
  readonly all: Effect.Effect<ReadonlyArray<NodeAddress>, RedisUnreachable>
  /** A key that this node holds, for a probe; `undefined` when it holds none. */
  readonly keyOn: (node: NodeAddress) => string | undefined
}

/** `login` opens the connections that ask a cluster for its nodes. */
export const makeTopology = (context: RedisContext, login: Login): Topology => {
  const { cluster: seeds, host, port, sentinels } = context.config.redis
  if (seeds !== undefined) {
    const cluster = makeSlotMap(seeds, login)
    let turn = 0
    const address = Effect.map(cluster.refresh, () => {
      const owners = cluster.owners()
      return owners[turn++ % owners.length] ?? { host, port }
    })
    const keyOn = (node: NodeAddress) =>
      probeKeys.find((key) => {
        const owner = cluster.owner(new Command("GET", [key]).getSlot() ?? undefined)
        return owner !== undefined && nodeName(owner) === nodeName(node)
      })
    return { cluster, one: { address, primary: false, server: "cluster" }, all: cluster.all, keyOn }
  }
  if (sentinels !== undefined) {
    const { all, master } = makeSentinels(context, sentinels)
    const one = { address: master, primary: true, server: sentinels.master }
    return { cluster: undefined, one, all, keyOn: () => probeKeys[0] }
  }
  const address = { host, port }
  return {
    cluster: undefined,
    one: { address: Effect.succeed(address), primary: false, server: nodeName(address) },
    all: Effect.succeed([address]),
    keyOn: () => probeKeys[0]
  }
}
