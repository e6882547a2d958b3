import { Config } from "effect"
import { addresses, addressesOf } from "./addresses.ts"
import type { PostgresAddress } from "./Environment.ts"
import { between, flag, inMillis, optionalSetting, setting, type Shown, type ValuesOf } from "./setting.ts"

export const postgresSettings = {
  dbHosts: optionalSetting("DB_HOSTS", addresses),
  dbHost: optionalSetting("DB_HOST", Config.String),
  dbPort: optionalSetting("DB_PORT", between(0, 65_535)),
  dbName: setting("DB_NAME", Config.String, "mutt_db"),
  dbTls: setting("DB_TLS_ENABLED", flag, true),
  dbCa: optionalSetting("DB_TLS_CA_CERT_PATH", Config.String),
  dbMaxConnections: setting("DB_POOL_MAX_CONN", between(2, 1_000), 10),
  dbTtlMs: inMillis(setting("DB_CONNECTION_TTL_SECONDS", between(1, 86_400), 900)),
  dbSyncStandbys: setting("DB_SYNC_STANDBYS", between(0, 100), 0)
}

type Values = ValuesOf<typeof postgresSettings>

const [defaultHost, defaultPort] = ["localhost", 5_432]

/** Settings that contradict each other. */
export const postgresProblems = ({ dbHost, dbHosts, dbPort }: Partial<Values>): ReadonlyArray<string> => {
  const alone = [...(dbHost === undefined ? [] : ["DB_HOST"]), ...(dbPort === undefined ? [] : ["DB_PORT"])]
  return dbHosts === undefined || alone.length === 0 ? [] : [
    `DB_HOSTS is set, and ${alone.join(" and ")} too: DB_HOSTS names each server with its port, so take the other away.`
  ]
}

export const postgresAddress = (values: Values): PostgresAddress => ({
  host: values.dbHost ?? defaultHost,
  port: values.dbPort ?? defaultPort,
  hosts: values.dbHosts === undefined ? undefined : addressesOf(values.dbHosts),
  database: values.dbName,
  tls: values.dbTls,
  caPath: values.dbCa,
  // The setting is a promise to the server: the one that replaces another is of that number.
  maxConnections: values.dbMaxConnections - 1,
  connectionTtlMs: values.dbTtlMs,
  syncStandbys: values.dbSyncStandbys
})

/** What is in force where nothing was said, to be shown beside what was. */
export const postgresDefaults = ({ dbHost, dbHosts, dbPort }: Values): Readonly<Record<string, Shown>> =>
  dbHosts === undefined ? { DB_HOST: dbHost ?? defaultHost, DB_PORT: dbPort ?? defaultPort } : {}
