import { Context, type Redacted } from "effect"
import type { Program, SettingValues } from "../../src/domain/Settings.ts"
import type { FailureLimits } from "../../src/logic/FailureLimiter.ts"
import type { SamplerName } from "../../src/logic/traceSampler.ts"

export interface HostAndPort {
  readonly host: string
  readonly port: number
}

interface Tls {
  readonly tls: boolean
  readonly caPath: string | undefined
}

export interface RedisAddress extends HostAndPort, Tls {
  /** `host` and `port` are not used: these sentinels say where the master is. */
  readonly sentinels?: { readonly master: string; readonly nodes: ReadonlyArray<HostAndPort> } | undefined
  /** `host` and `port` are not used: these nodes say which others a Redis Cluster has. */
  readonly cluster?: ReadonlyArray<HostAndPort> | undefined
  /** ACL user; `undefined` logs in as the default user, with a password alone. */
  readonly username: string | undefined
}

export interface PostgresAddress extends HostAndPort, Tls {
  /** `host` and `port` are not used: one of these servers is the primary. */
  readonly hosts?: ReadonlyArray<HostAndPort> | undefined
  readonly database: string
  /** Connections that serve. One more is opened for a moment, to replace one of them or to prove a password. */
  readonly maxConnections: number
  readonly connectionTtlMs: number
  /** So many standbys shall have each row before a commit is answered. */
  readonly syncStandbys?: number | undefined
}

/** How a program proves to Vault who it is. */
export type VaultAuth =
  | { readonly auth?: "approle" | undefined; readonly roleId: string; readonly secretIdFile: string }
  /** By the token of its service account, which Kubernetes renews in the file. */
  | { readonly auth: "kubernetes"; readonly role: string; readonly tokenFile: string }
  /** By a certificate; without a role the server takes the first that it fits. */
  | {
    readonly auth: "cert"
    readonly role: string | undefined
    readonly certFile: string
    readonly keyFile: string
  }

export type VaultAddress = VaultPlace & VaultAuth

interface VaultPlace {
  readonly address: string
  readonly caPath: string | undefined
  /** Of the auth method; its name when absent. */
  readonly authMount?: string | undefined
  readonly mount: string
  readonly path: string
  /** Of the document that the web-ui alone may read; `<path>/admin` when absent. */
  readonly adminPath?: string | undefined
  /** The key that signs checkpoints, in the transit engine; without one they are not signed. */
  readonly transit?: { readonly mount: string; readonly key: string } | undefined
}

/** How long, and how often at a time, a client may keep a connection to an HTTP server. */
export interface ConnectionLimits {
  /** From the connection, or from the first byte of a later request, to the end of the header. */
  readonly headerMs: number
  /** Between two bytes of a body. */
  readonly bodyGapMs: number
  /** From the first byte to the last one of a whole request. */
  readonly requestMs: number
  /** Between an answer and the next request. */
  readonly idleMs: number
  /** Between two bytes of an answer that the client takes in. */
  readonly answerGapMs: number
  readonly maxConnections: number
  /** Of one IPv4 address, or of one /64 of IPv6. */
  readonly maxPerPeer: number
}

/** How a listener speaks TLS; without a certificate it does not. */
export interface TlsSettings {
  readonly certFile: string | undefined
  readonly keyFile: string | undefined
  /** Clients are asked for a certificate of this authority; `undefined`: they are not asked. */
  readonly clientCaFile: string | undefined
  readonly clientAuth: "optional" | "required"
  /** How often the files are looked at. */
  readonly reloadMs: number
  /** The log warns when the certificate is good for fewer days. */
  readonly warnDays: number
}

/** The same of a listener that does. */
export interface TlsFiles extends TlsSettings {
  readonly certFile: string
  readonly keyFile: string
}

/** How a program tells a collector of itself, over OTLP. */
export interface OtelSettings {
  readonly traces: URL
  /** `MUTT_OTEL_MODE=all`: log lines and metrics are told too. */
  readonly more: { readonly logs: URL; readonly metrics: URL } | undefined
  readonly headers: Redacted.Redacted<Readonly<Record<string, string>>>
  readonly serviceName: string | undefined
  /** Further attributes of the resource. */
  readonly resource: Readonly<Record<string, string>>
  readonly sampler: SamplerName
  /** The part of the traces that is told until the setting `trace_ratio` says another. */
  readonly ratio: number | undefined
  readonly maxQueue: number
  readonly maxBatch: number
  readonly delayMs: number
  readonly timeoutMs: number
}

/** The static settings of a process, read from the environment once, at its start. */
export class Environment extends Context.Service<Environment, {
  readonly program: Program
  /** Unique among all processes (`POD_NAME`, or program and random digits). */
  readonly instance: string
  readonly version: string
  /** The log's level until settings say another; `info` when absent. */
  readonly logLevel?: SettingValues["log_level"] | undefined
  readonly http: {
    readonly host: string
    readonly port: number
    readonly limits?: ConnectionLimits | undefined
    /** Where others reach it (`SERVER_URL`), when that is not the address that it listens on. */
    readonly url?: string | undefined
    /** After SIGTERM it says `draining` and still serves for so long. */
    readonly drainMs?: number | undefined
  }
  /** Of the HTTP server, and of other listeners that say nothing else. */
  readonly tls?: TlsSettings | undefined
  /** How many requests without a good key one address may send. */
  readonly authFailures?: FailureLimits | undefined
  /** Absent: nobody is told. */
  readonly otel?: OtelSettings | undefined
  readonly redis: RedisAddress
  readonly postgres: PostgresAddress
  /** `INGEST_QUEUE_NAME`. */
  readonly queueName: string
  /** `CONFIG_LAST_KNOWN_GOOD`: file of the settings to start from when Redis does not answer. */
  readonly lastKnownGood?: string | undefined
  readonly secrets: {
    readonly kind: "env" | "file" | "vault"
    readonly path: string | undefined
    /** The file that the web-ui alone may read. */
    readonly adminPath?: string | undefined
    readonly vault?: VaultAddress | undefined
  }
  /** Every setting in force, by its environment name, for `/admin/config`. Holds no secret. */
  readonly shown: Readonly<Record<string, string | number | boolean>>
}>()("mutt/layers/environment/Environment") {}
