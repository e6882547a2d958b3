import { Effect } from "effect"
import { join } from "node:path"
import { freePort } from "../../../scripts/stack/FreePort.ts"
import { redisServer } from "../../support/servers.ts"
import { redisAdmin } from "../connections.ts"
import { authority } from "../tlsProxy.ts"
import { startSentinel } from "./nodes.ts"

const folder = join(import.meta.dirname, "../tls")

const certificates = {
  "tls-cert-file": join(folder, "server.pem"),
  "tls-key-file": join(folder, "server.key"),
  "tls-ca-cert-file": authority.right,
  "tls-auth-clients": "no"
}

/** A cluster of one node, which tells its name and its port for TLS. Its certificate is for that name alone. */
export const tlsCluster = Effect.gen(function*() {
  const [port, bus] = yield* Effect.all([freePort, freePort])
  const server = yield* redisServer({
    flavour: "redis",
    wideRights: true,
    settings: {
      ...certificates,
      "tls-port": String(port),
      "tls-cluster": "yes",
      "cluster-enabled": "yes",
      "cluster-port": String(bus),
      "cluster-announce-hostname": "localhost",
      "cluster-preferred-endpoint-type": "hostname"
    }
  })
  const admin = yield* redisAdmin(server)
  yield* admin.command("CLUSTER", "ADDSLOTSRANGE", 0, 16_383)
  return { ...server, tls: { host: "localhost", port } }
})

/** A master and its sentinel, both with TLS, who names the master by its name. */
export const tlsSentinel = Effect.gen(function*() {
  const [port, sentinelPort] = yield* Effect.all([freePort, freePort])
  const server = yield* redisServer({
    flavour: "redis",
    wideRights: true,
    settings: { ...certificates, "tls-port": String(port) }
  })
  const sentinel = yield* startSentinel("redis", {
    port: yield* freePort,
    password: new URL(server.adminUrl).password,
    lines: [
      ...Object.entries({ ...certificates, "tls-port": String(sentinelPort), "tls-replication": "yes" }).map((
        [name, value]
      ) => `${name} "${value}"`),
      "sentinel resolve-hostnames yes",
      "sentinel announce-hostnames yes"
    ],
    watched: { host: "localhost", port },
    downAfterMs: 60_000
  })
  return { ...server, sentinel, tls: { host: "localhost", port: sentinelPort } }
})
