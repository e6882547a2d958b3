import { Effect } from "effect"
import { Command } from "ioredis"
import type { ConnectOptions } from "./connect.ts"
import type { NodeAddress, RedisUnreachable } from "./handshake.ts"
import { makeSentinels } from "./sentinel.ts"
import { type Login, nodeName } from "./shortLivedConnection.ts"
import { makeSlotMap, type SlotMap } from "./slotMap.ts"

/** Enough of them for every node of a large cluster to hold one. */
const probeKeys = Array.from({ length: 1_000 }, (_, index) => `mutt:{probe:${index}}`)

/** Where Redis is, whichever way it is found. */
export interface Topology {
  /** Absent when all is on one server. */
  readonly cluster: SlotMap | undefined
  /** Where one connection goes: to the master, or to any node of a cluster, another one each time. */
  readonly one: Pick<ConnectOptions, "place" | "primary" | "server">
  /** Every node, replicas too. */
  readonly all: Effect.Effect<ReadonlyArray<NodeAddress>, RedisUnreachable>
  /** A key that this node holds, for a probe; `undefined` when it holds none. */
  readonly keyOn: (node: NodeAddress) => string | undefined
}

/** `login` is for asking a cluster where its nodes are. */
export const makeTopology = (world: Pick<ConnectOptions, "config" | "secrets" | "ca">, login: Login): Topology => {
  const { cluster: seeds, host, port, sentinels } = world.config.redis
  if (seeds !== undefined) {
    const cluster = makeSlotMap(seeds, login)
    let turn = 0
    const place = Effect.map(cluster.refresh, () => {
      const owners = cluster.owners()
      return owners[turn++ % owners.length] ?? { host, port }
    })
    const keyOn = (node: NodeAddress) =>
      probeKeys.find((key) => {
        const owner = cluster.owner(new Command("GET", [key]).getSlot() ?? undefined)
        return owner !== undefined && nodeName(owner) === nodeName(node)
      })
    return { cluster, one: { place, primary: false, server: "cluster" }, all: cluster.all, keyOn }
  }
  if (sentinels !== undefined) {
    const { all, master } = makeSentinels(world, sentinels)
    return {
      cluster: undefined,
      one: { place: master, primary: true, server: sentinels.master },
      all,
      keyOn: () => probeKeys[0]
    }
  }
  const address = { host, port }
  return {
    cluster: undefined,
    one: { place: Effect.succeed(address), primary: false, server: nodeName(address) },
    all: Effect.succeed([address]),
    keyOn: () => probeKeys[0]
  }
}
