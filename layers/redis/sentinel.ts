import { Effect, Metric } from "effect"
import type { RedisContext } from "./connect.ts"
import { type NodeAddress, RedisUnreachable } from "./connection.ts"
import {
  asList,
  detailOf,
  type Login,
  loginWith,
  nodeName,
  openAs,
  uniqueNodes,
  withShortLivedConnection
} from "./shortLivedConnection.ts"

const secretName = "REDIS_SENTINEL_PASS"

const silent = Metric.counter("mutt_redis_sentinel_failed_total", {
  description: "Sentinels that did not say who is the master when they were asked, by sentinel.",
  incremental: true
})

/** Asks sentinels for the nodes of one master. */
export const makeSentinels = (
  context: RedisContext,
  { master, nodes }: { readonly master: string; readonly nodes: ReadonlyArray<NodeAddress> }
) => {
  /** A sentinel may have a password of its own, or none. */
  const login: Login = (address) =>
    Effect.catchTag(
      loginWith(context, secretName, undefined, "sentinel", "fail")(address),
      "SecretMissing",
      () => openAs(context, address, undefined, undefined, "sentinel")
    )

  const ask = (sentinel: NodeAddress, withReplicas: boolean) =>
    Effect.gen(function*() {
      const send = yield* withShortLivedConnection(login, sentinel)
      const [host, port] = asList(yield* send("SENTINEL", "GET-MASTER-ADDR-BY-NAME", master))
      if (host === undefined) return yield* new RedisUnreachable({ detail: `it knows no master ${master}` })
      const replicas = withReplicas ? asList(yield* send("SENTINEL", "REPLICAS", master)).map(fieldsOf) : []
      return [
        { host: String(host), port: Number(port) },
        ...replicas.map((fields) => ({ host: fields.get("ip") ?? "", port: Number(fields.get("port")) }))
      ]
    }).pipe(
      Effect.scoped,
      Effect.timeoutOrElse({
        duration: "1 second",
        orElse: () => Effect.fail(new RedisUnreachable({ detail: "no answer in 1 second" }))
      }),
      Effect.tapError(() => Metric.update(Metric.withAttributes(silent, { sentinel: nodeName(sentinel) }), 1)),
      Effect.mapError((error) => `${nodeName(sentinel)}: ${detailOf(error)}`)
    )

  const askAll = Effect.fnUntraced(function*(withReplicas: boolean) {
    const [good, bad] = yield* Effect.partition(nodes, (sentinel) => ask(sentinel, withReplicas), {
      concurrency: "unbounded"
    })
    if (good.length === 0) {
      return yield* new RedisUnreachable({ detail: `no sentinel names the master (${bad.join("; ")})`.slice(0, 500) })
    }
    return good
  })

  return {
    /** The master that most of the sentinels name that answer within a second. */
    master: Effect.flatMap(askAll(false), (answers) => {
      const votes = new Map<string, number>()
      const named = answers.flatMap(([first]) => first === undefined ? [] : [first])
      for (const address of named) votes.set(nodeName(address), (votes.get(nodeName(address)) ?? 0) + 1)
      const most = Math.max(...votes.values())
      const winner = named.find((address) => votes.get(nodeName(address)) === most)
      return winner === undefined ? new RedisUnreachable({ detail: "no master" }) : Effect.succeed(winner)
    }),
    /** The master and every replica that any of them knows, failed ones too. */
    all: Effect.map(askAll(true), (answers) => uniqueNodes(answers.flat()))
  }
}

/** A flat list of names and values, as servers of protocol 2 send it. */
const fieldsOf = (reply: unknown): ReadonlyMap<string, string> => {
  const flat = asList(reply)
  const fields = new Map<string, string>()
  for (let index = 0; index + 1 < flat.length; index += 2) fields.set(String(flat[index]), String(flat[index + 1]))
  return fields
}
