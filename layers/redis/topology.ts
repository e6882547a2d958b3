import { Effect } from "effect"
import type { LinkOptions } from "./connect.ts"
import type { NodeAddress, RedisUnreachable } from "./handshake.ts"
import { makeSentinels } from "./sentinel.ts"
import { type Login, nodeName } from "./shortLivedConnection.ts"
import { type ClusterMap, makeClusterMap } from "./slotMap.ts"

/** Where Redis is, whichever way it is found. */
export interface Places {
  /** Absent when all is on one server. */
  readonly cluster: ClusterMap | undefined
  /** Where one connection goes: to the master, or to any node of a cluster, another one each time. */
  readonly one: Pick<LinkOptions, "place" | "primary" | "server">
  /** Every node, replicas too. */
  readonly all: Effect.Effect<ReadonlyArray<NodeAddress>, RedisUnreachable>
}

/** `login` is for asking a cluster where its nodes are. */
export const makePlaces = (world: Pick<LinkOptions, "config" | "secrets" | "ca">, login: Login): Places => {
  const { cluster: seeds, host, port, sentinels } = world.config.redis
  if (seeds !== undefined) {
    const cluster = makeClusterMap(seeds, login)
    let turn = 0
    const place = Effect.map(cluster.refresh, () => {
      const owners = cluster.owners()
      return owners[turn++ % owners.length] ?? { host, port }
    })
    return { cluster, one: { place, primary: false, server: "cluster" }, all: cluster.all }
  }
  if (sentinels !== undefined) {
    const { all, master } = makeSentinels(world, sentinels)
    return { cluster: undefined, one: { place: master, primary: true, server: sentinels.master }, all }
  }
  const address = { host, port }
  return {
    cluster: undefined,
    one: { place: Effect.succeed(address), primary: false, server: nodeName(address) },
    all: Effect.succeed([address])
  }
}
