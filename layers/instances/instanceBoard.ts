import { bytesToHex } from "@noble/hashes/utils.js"
import { randomBytes } from "../random/secureRandom.ts"
import type { RedisFailed, RedisScript } from "../redis/Redis.ts"
import { SecretInstancesUnavailable } from "./SecretInstances.ts"

/** Where the processes and who asks them meet in Redis. All keys share a hash tag. */
export const boardKeys = {
  /** Hash: the key of the fingerprints, and the newest nudge. */
  board: "mutt:{secrets}",
  /** Hash: instance → milliseconds, space, JSON. */
  instances: "mutt:{secrets}:instances",
  /** Hash: name of a secret → request, space, fingerprint. */
  proofs: "mutt:{secrets}:proofs",
  channel: "mutt:{secrets}:asks"
} as const

/** How long a process may be silent and still count as living, and how long a request for a proof stands. */
export const silentMs = 60_000

/** KEYS: board. ARGV: a fresh key. Answers the key that counts. */
export const keyScript: RedisScript = {
  name: "secrets.key",
  lua: `
redis.call('HSETNX', KEYS[1], 'key', ARGV[1])
return redis.call('HGET', KEYS[1], 'key')
`
}

/**
 * KEYS: board, instances, proofs. ARGV: key, instance, JSON. Keeps the report with the server's time, and answers the key, the nudge and
 * the proofs. A report made with another key than the one that counts is not kept, and the key alone is answered.
 */
export const reportScript: RedisScript = {
  name: "secrets.report",
  lua: `
redis.call('HSETNX', KEYS[1], 'key', ARGV[1])
local key = redis.call('HGET', KEYS[1], 'key')
if key ~= ARGV[1] then return { key } end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('HSET', KEYS[2], ARGV[2], string.format('%d %s', now, ARGV[3]))
local answer = { key, redis.call('HGET', KEYS[1], 'nudge') or '' }
local proofs = redis.call('HGETALL', KEYS[3])
for i = 1, #proofs do answer[#answer + 1] = proofs[i] end
return answer
`
}

/** KEYS: instances. ARGV: milliseconds of silence. Drops the silent; answers the server's time and the others. */
export const listScript: RedisScript = {
  name: "secrets.instances",
  lua: `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local all, living = redis.call('HGETALL', KEYS[1]), { string.format('%d', now) }
for i = 1, #all, 2 do
  if now - tonumber(string.match(all[i + 1], '^%d+')) > tonumber(ARGV[1]) then redis.call('HDEL', KEYS[1], all[i])
  else living[#living + 1] = all[i + 1] end
end
return living
`
}

/** KEYS: a hash. ARGV: field, value, milliseconds after which the hash is forgotten or 0, channel. */
export const askScript: RedisScript = {
  name: "secrets.ask",
  lua: `
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
if ARGV[3] ~= '0' then redis.call('PEXPIRE', KEYS[1], ARGV[3]) end
redis.call('PUBLISH', ARGV[4], '')
return 1
`
}

export const freshKey = () => bytesToHex(randomBytes(32))

export const unavailable = (error: RedisFailed) => new SecretInstancesUnavailable({ detail: error.reason })
export const unreadable = () => new SecretInstancesUnavailable({ detail: "Redis holds something that cannot be read." })
