import { Context } from "effect"
import type { Program, SettingValues } from "../../src/domain/Settings.ts"
import type { FailureLimits } from "../../src/logic/FailureLimiter.ts"

export interface HostAndPort {
  readonly host: string
  readonly port: number
}

export interface RedisAddress extends HostAndPort {
  /** `host` and `port` are not used: these sentinels say where the master is. */
  readonly sentinels?: { readonly master: string; readonly nodes: ReadonlyArray<HostAndPort> } | undefined
  /** `host` and `port` are not used: these nodes say which others a Redis Cluster has. */
  readonly cluster?: ReadonlyArray<HostAndPort> | undefined
  /** ACL user; `undefined` logs in as the default user, with a password alone. */
  readonly username: string | undefined
  readonly tls: boolean
  readonly caPath: string | undefined
}

export interface PostgresAddress {
  readonly host: string
  readonly port: number
  readonly database: string
  readonly tls: boolean
  readonly caPath: string | undefined
  /** That serve. One more is opened for a moment, to replace one of them or to prove a password. */
  readonly maxConnections: number
  readonly connectionTtlMs: number
}

export interface VaultAddress {
  readonly address: string
  readonly caPath: string | undefined
  readonly roleId: string
  readonly secretIdFile: string
  readonly mount: string
  readonly path: string
  /** The key that signs checkpoints, and the engine it is in; `undefined`: they are not signed. */
  readonly transit?: { readonly mount: string; readonly key: string } | undefined
}

/** What one client of an HTTP server may take of it. See `layers/http/HttpConnections.ts`. */
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

/** What is fixed while a process lives: read from the environment at start, every problem named at once. */
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
    /** The defaults when absent. */
    readonly limits?: ConnectionLimits | undefined
  }
  /** How many requests without a good key one address may send; the defaults when absent. */
  readonly authFailures?: FailureLimits | undefined
  readonly redis: RedisAddress
  readonly postgres: PostgresAddress
  /** `INGEST_QUEUE_NAME`. */
  readonly queueName: string
  /** `CONFIG_LAST_KNOWN_GOOD`: file of the settings to start from when Redis does not answer. */
  readonly lastKnownGood?: string | undefined
  readonly secrets: {
    readonly kind: "env" | "file" | "vault"
    readonly path: string | undefined
    readonly vault?: VaultAddress | undefined
  }
  /** Every setting by its environment name as it is in force, for `/admin/config`. Holds no secret. */
  readonly shown: Readonly<Record<string, string | number | boolean>>
}>()("mutt/layers/environment/Environment") {}
