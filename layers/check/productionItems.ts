import { bad, type ConfigFinding, good } from "../../src/domain/ConfigFinding.ts"
import type { Program } from "../../src/domain/Settings.ts"
import { isLoopback } from "../../src/logic/isLoopback.ts"
import type { Environment, HostAndPort } from "../environment/Environment.ts"

type Fixed = Environment["Service"]
type Look = (fixed: Fixed) => ConfigFinding | undefined

const usesPostgres = ({ program }: Fixed) => program === "alerter" || program === "web-ui"
const isOneOf = ({ program }: Fixed, ...programs: ReadonlyArray<Program>) => programs.includes(program)
const hostsOf = (nodes: ReadonlyArray<HostAndPort>) => [...new Set(nodes.map(({ host }) => host))]

const encrypted = (item: string, tls: boolean, hosts: ReadonlyArray<string>, setting: string): ConfigFinding =>
  tls
    ? good(item, hosts.join(", "))
    : hosts.every(isLoopback)
    ? good(item, `off, and ${hosts.join(", ")} is this machine`)
    : bad(item, `passwords and events go to ${hosts.join(", ")} in the clear`, `take ${setting}=false away`)

/** What the process shows of a setting of its own. */
const set = ({ shown }: Fixed, name: string) => shown[name]

/** A switch that must be off where others may listen. */
const isOff = (name: string, costs: string): Look => (fixed) =>
  set(fixed, name) === undefined
    ? undefined
    : set(fixed, name) === false
    ? good(name, "off")
    : bad(name, costs, `take ${name} away`)

const isSet = (item: string, names: ReadonlyArray<string>, costs: string, fix: string): Look => (fixed) => {
  const found = names.find((name) => set(fixed, name) !== undefined && set(fixed, name) !== "")
  return found === undefined ? bad(item, costs, fix) : good(item, `${found}=${set(fixed, found)}`)
}

const only = (programs: ReadonlyArray<Program>, look: Look): Look => (fixed) =>
  isOneOf(fixed, ...programs) ? look(fixed) : undefined

const redis: Look = ({ redis: { cluster, host, port, sentinels, tls } }) =>
  encrypted("TLS to Redis", tls, hostsOf(cluster ?? sentinels?.nodes ?? [{ host, port }]), "REDIS_TLS_ENABLED")

const postgres: Look = (fixed) =>
  usesPostgres(fixed)
    ? encrypted(
      "TLS to PostgreSQL",
      fixed.postgres.tls,
      hostsOf(fixed.postgres.hosts ?? [fixed.postgres]),
      "DB_TLS_ENABLED"
    )
    : undefined

const listener: Look = ({ http: { host }, program, tls }) => {
  const item = "TLS of the listener"
  if (tls?.certFile !== undefined) return good(item, `SERVER_TLS_CERT_FILE=${tls.certFile}`)
  if (isLoopback(host)) return good(item, `off, and only this machine reaches ${host}`)
  return bad(
    item,
    `${program} speaks HTTP in the clear on ${host}`,
    "set SERVER_TLS_CERT_FILE and SERVER_TLS_KEY_FILE, or listen on 127.0.0.1 behind a proxy that speaks TLS"
  )
}

const durability: Look = (fixed) => {
  const level = String(set(fixed, "INGEST_DURABILITY"))
  return level.startsWith("replicated")
    ? good("durability", `INGEST_DURABILITY=${level}`)
    : bad(
      "durability",
      "a 2xx waits for the primary of Redis alone: what its replicas lack is lost when its machine goes",
      "set INGEST_DURABILITY=replicated for the ingestor and the web-ui, with a replica that has appendfsync always"
    )
}

const persistence: Look = (fixed) =>
  set(fixed, "REDIS_PERSISTENCE") === "required"
    ? good("persistence", "REDIS_PERSISTENCE=required")
    : bad("persistence", "a Redis that may lose accepted events is taken", "take REDIS_PERSISTENCE=warn away")

const store: Look = ({ secrets: { adminPath, kind, path }, program }) => {
  const item = "secret store"
  if (kind === "env") {
    return bad(
      item,
      "secrets are in the environment, which children, dumps and /proc show, and change with a restart only",
      "set MUTT_SECRETS=vault, or MUTT_SECRETS=file with a file that is mounted or owned by the program's user"
    )
  }
  if (kind === "file" && path?.includes("/.mutt/") === true) {
    return bad(item, `${path} is that of npm start`, "give MUTT_SECRETS_FILE a file of your own")
  }
  if (kind === "file" && program === "web-ui" && adminPath === undefined) {
    return bad(
      item,
      "every program can read what the web-ui alone needs",
      "put the keys of administrators and SESSION_KEY into a file of their own and name it MUTT_SECRETS_ADMIN_FILE"
    )
  }
  return good(item, kind)
}

const platform: Look = (fixed) => {
  const url = URL.parse(String(set(fixed, "MOOG_WEBHOOK_URL")))
  return url !== null && isLoopback(url.hostname)
    ? bad("platform", `alerts go to ${url.origin}, on this machine`, "set MOOG_WEBHOOK_URL to the platform")
    : good("platform", `alerts go to ${url?.origin}`)
}

const archive: Look = (fixed) => {
  const url = URL.parse(String(set(fixed, "ARCHIVE_S3_ENDPOINT")))
  if (url === null) return good("archive", "in no bucket")
  return url.protocol === "https:"
    ? good("archive", url.origin)
    : isLoopback(url.hostname)
    ? good("archive", `${url.origin} is this machine`)
    : bad("archive", `events go to ${url.origin} in the clear`, "let ARCHIVE_S3_ENDPOINT begin with https://")
}

const drain: Look = ({ http: { drainMs = 0 } }) =>
  drainMs > 0
    ? good("restarts", `it drains for ${drainMs / 1_000} s`)
    : bad(
      "restarts",
      "its port closes before a balancer has heard of the stop, so some requests are refused",
      "set SHUTDOWN_DRAIN_SECONDS=5, or more than the balancer takes"
    )

const logLevel: Look = ({ logLevel = "info" }) =>
  logLevel === "debug"
    ? bad("log level", "debug writes a line for each request", "take LOG_LEVEL=debug away")
    : good("log level", logLevel)

/** What a set-up for production must have, in the order in which it is said. */
const looks: ReadonlyArray<Look> = [
  redis,
  postgres,
  listener,
  only(["ingestor", "web-ui"], durability),
  only(["ingestor"], persistence),
  store,
  isOff("WEBUI_PLAIN_HTTP", "cookies of logins go over the network in the clear"),
  isOff("MOOG_WEBHOOK_ALLOW_HTTP", "alerts and the platform's key may go over the network in the clear"),
  only(["moog-forwarder"], platform),
  only(["ingestor", "web-ui"], drain),
  isSet(
    "start without Redis",
    ["CONFIG_LAST_KNOWN_GOOD"],
    "started while Redis is away, it begins with the default settings",
    "set CONFIG_LAST_KNOWN_GOOD to a file that the program may write and that stays"
  ),
  only(
    ["web-ui"],
    isSet(
      "audit checkpoints",
      ["AUDIT_CHECKPOINT_FILE"],
      "a chain of changes that was rewritten as a whole goes unnoticed",
      "set AUDIT_CHECKPOINT_FILE, best on a disk that PostgreSQL's administrators cannot write"
    )
  ),
  only(
    ["web-ui"],
    isSet(
      "monitoring",
      ["PROMETHEUS_URL"],
      "mutt slo and the console have no objectives",
      "let Prometheus scrape each program's /metrics, with the rules in deploy/prometheus, and set PROMETHEUS_URL"
    )
  ),
  only(["web-ui"], (fixed) =>
    set(fixed, "MUTT_CANARY_SECONDS") !== 0
      ? good("canary", `each ${set(fixed, "MUTT_CANARY_SECONDS")} s`)
      : bad(
        "canary",
        "nobody sees that the whole way of an event works while none comes",
        "set MUTT_CANARY_SECONDS=60, MUTT_CANARY_URL and the secret CANARY_API_KEY"
      )),
  only(["web-ui"], archive),
  logLevel
]

export const productionItems = (fixed: Fixed): ReadonlyArray<ConfigFinding> =>
  looks.flatMap((look) => look(fixed) ?? [])
