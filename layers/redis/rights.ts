import { withHashTag } from "./hashTag.ts"

/**
 * What the programs' user of Redis may do: these commands, and nothing else. A test compares the list with the
 * commands in TypeScript and in Lua, both ways; Redis asks for the rights of what a script does too.
 */
export const programCommands: ReadonlyArray<string> = [
  // Connections: to log in, to be known by name, to find the node.
  "auth",
  "hello",
  "client|setname",
  "ping",
  "asking",
  "cluster|nodes",
  "cluster|slots",
  // Does the server keep what it is told?
  "info",
  "set",
  "wait",
  // Scripts, and what they do.
  "eval",
  "evalsha",
  "time",
  "del",
  "unlink",
  "rename",
  "pexpire",
  "pttl",
  "hdel",
  "hget",
  "hgetall",
  "hincrby",
  "hkeys",
  "hlen",
  "hmget",
  "hset",
  "hsetnx",
  "sadd",
  "scard",
  "smismember",
  "zadd",
  "zcard",
  "zmscore",
  "zrange",
  "zrangebyscore",
  "zrem",
  "xack",
  "xadd",
  "xautoclaim",
  "xdel",
  "xgroup|create",
  "xgroup|delconsumer",
  "xinfo|consumers",
  "xlen",
  "xrange",
  "xreadgroup",
  "xrevrange",
  // Announcements.
  "publish",
  "subscribe"
]

/** Commands that an older server does not know, and would refuse to hear of: the version that brought them. */
export const laterCommands: Readonly<Record<string, "7.2">> = { waitaof: "7.2" }

/** What the one who rotates the programs' password may do (`REDIS_ADMIN_USER`). `acl|setuser` gives any right. */
export const administratorCommands: ReadonlyArray<string> = [
  "auth",
  "client|setname",
  "ping",
  "cluster|nodes",
  "cluster|slots",
  "acl|getuser",
  "acl|setuser",
  "acl|save",
  "client|list"
]

/** What MUTT asks of sentinels (`REDIS_SENTINEL_PASS`). */
export const sentinelCommands: ReadonlyArray<string> = [
  "auth",
  "client|setname",
  "ping",
  "sentinel|get-master-addr-by-name",
  "sentinel|replicas"
]

/** Families of keys: a key of this name, and those that have it and a colon before their own. */
const families = ["mutt:{config}", "mutt:{secrets}"]

export interface RightsOptions {
  /** `INGEST_QUEUE_NAME`. */
  readonly queueName: string
  /** The server is Redis 7.2 or later, or Valkey. */
  readonly knowsLater: boolean
}

/** Every key of MUTT is under one of these patterns. */
export const keyPatterns = (queueName: string): ReadonlyArray<string> => [
  ...[...families, literal(withHashTag(queueName))].flatMap((name) => [name, `${name}:*`]),
  "mutt:{probe:*"
]

export const channelPatterns: ReadonlyArray<string> = families.map((name) => `${name}:*`)

const only = (commands: ReadonlyArray<string>) => ["-@all", ...commands.map((command) => `+${command}`)]

/** The rules of `ACL SETUSER`, without a password: they leave those that the user has. */
export const programRules = ({ knowsLater, queueName }: RightsOptions): ReadonlyArray<string> => [
  "on",
  "clearselectors",
  "resetkeys",
  ...keyPatterns(queueName).map((pattern) => `~${pattern}`),
  "resetchannels",
  ...channelPatterns.map((pattern) => `&${pattern}`),
  ...only([...programCommands, ...(knowsLater ? Object.keys(laterCommands) : [])])
]

/** The rules of the administrator who rotates, who touches no key. */
export const administratorRules: ReadonlyArray<string> = [
  "on",
  "clearselectors",
  "resetkeys",
  "resetchannels",
  ...only(administratorCommands)
]

/** What a pattern would read otherwise. It may hold no blank: any one character stands for that. */
const literal = (name: string): string => name.replaceAll(/[\\*?[\]]/g, "\\$&").replaceAll(/\s/g, "?")
