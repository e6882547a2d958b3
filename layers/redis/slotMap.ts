import { Effect, type Exit, Semaphore } from "effect"
import { isIP } from "node:net"
import { steadyMillis } from "../telemetry/steadyTime.ts"
import { type NodeAddress, RedisUnreachable } from "./connection.ts"
import {
  asList,
  detailOf,
  type Login,
  nodeName,
  uniqueNodes,
  withShortLivedConnection
} from "./shortLivedConnection.ts"

/** Knows which node of a cluster holds which slots. */
export interface SlotMap {
  /** The node that holds a slot; any node when `slot` is `undefined`. */
  readonly owner: (slot: number | undefined) => NodeAddress | undefined
  /** The nodes that hold slots. */
  readonly owners: () => ReadonlyArray<NodeAddress>
  /** Notes a redirection. */
  readonly moved: (slot: number, to: NodeAddress) => void
  /** Reads the map from the cluster, unless that was done a moment ago. */
  readonly refresh: Effect.Effect<void, RedisUnreachable>
  /** Every node of the cluster, replicas and failed ones too. */
  readonly all: Effect.Effect<ReadonlyArray<NodeAddress>, RedisUnreachable>
}

const pauseMs = 200

export const makeSlotMap = (seeds: ReadonlyArray<NodeAddress>, login: Login): SlotMap => {
  const slots: Array<NodeAddress | undefined> = []
  let owners: ReadonlyArray<NodeAddress> = []
  let answered: ReadonlyArray<NodeAddress> = []
  let last: { readonly at: number; readonly exit: Exit.Exit<unknown, RedisUnreachable> } | undefined
  const oneAtATime = Semaphore.makeUnsafe(1)

  /** Reads the map from the first node that answers, beginning with the one that did last. */
  const read = Effect.gen(function*() {
    const details: Array<string> = []
    for (const node of uniqueNodes([...answered, ...owners, ...seeds])) {
      const answer = yield* Effect.result(askNode(node, login))
      if (answer._tag === "Failure") {
        details.push(`${nodeName(node)}: ${detailOf(answer.failure)}`)
        continue
      }
      const { all, ranges } = answer.success
      slots.length = 0
      for (const { from, owner, to } of ranges) for (let slot = from; slot <= to; slot++) slots[slot] = owner
      owners = uniqueNodes(ranges.map(({ owner }) => owner))
      answered = [node]
      return all
    }
    const detail = `no node of the cluster answers (${details.join("; ")})`.slice(0, 500)
    return yield* new RedisUnreachable({ detail })
  })

  return {
    owner: (slot) => slot === undefined ? owners[0] : slots[slot],
    owners: () => owners,
    moved: (slot, to) => {
      slots[slot] = to
    },
    refresh: oneAtATime.withPermit(Effect.gen(function*() {
      const now = yield* steadyMillis
      if (last === undefined || now - last.at >= pauseMs) {
        const exit = yield* Effect.exit(read)
        last = { at: yield* steadyMillis, exit }
      }
      yield* last.exit
    })),
    all: oneAtATime.withPermit(read)
  }
}

const askNode = (node: NodeAddress, login: Login) =>
  Effect.gen(function*() {
    const send = yield* withShortLivedConnection(login, node)
    const entries = asList(yield* send("CLUSTER", "SLOTS")).map((range) => {
      const [from, to, ...nodes] = asList(range)
      return { from: Number(from), to: Number(to), nodes: nodes.map((entry) => endpoint(asList(entry), node)) }
    })
    const known = entries.flatMap(({ nodes }) => nodes)
    if (known.length === 0) return yield* new RedisUnreachable({ detail: "it knows no slots" })
    const ids = new Set(known.map(({ id }) => id))
    const byName = known.some(({ address }) => isIP(address.host) === 0)
    const others = String(yield* send("CLUSTER", "NODES")).split("\n").flatMap((line) => otherIn(line, ids, byName))
    return {
      ranges: entries.flatMap(({ from, nodes: [owner], to }) =>
        owner === undefined ? [] : [{ from, to, owner: owner.address }]
      ),
      all: uniqueNodes([...known.map(({ address }) => address), ...others])
    }
  }).pipe(
    Effect.scoped,
    Effect.timeoutOrElse({
      duration: "3 seconds",
      orElse: () => Effect.fail(new RedisUnreachable({ detail: "no answer in 3 seconds" }))
    })
  )

/** A node that does not know its own address is where it was asked. */
const endpoint = ([host, port, id]: ReadonlyArray<unknown>, asked: NodeAddress) => ({
  id: String(id),
  address: { host: typeof host === "string" && host !== "" ? host : asked.host, port: Number(port) }
})

/** A line of `CLUSTER NODES`: `<id> <ip>:<port>@<bus port>[,<host name>…] <flags> …`. */
const otherIn = (line: string, ids: ReadonlySet<string>, byName: boolean): ReadonlyArray<NodeAddress> => {
  const [id = "", address = "", flags = ""] = line.split(" ")
  const [, ip = "", port, name = ""] = /^(.*):(\d+)@\d+(?:,([^,]*))?/.exec(address) ?? []
  if (port === undefined || ids.has(id) || /noaddr|handshake/.test(flags)) return []
  const host = byName && name !== "" ? name : ip
  return host === "" ? [] : [{ host, port: Number(port) }]
}
