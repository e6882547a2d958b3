import type { RedisScript } from "../../redis/Redis.ts"
import type { QueueKeys } from "../keys.ts"

/** A script with the keys it touches, in the order of its KEYS. */
export interface QueueScript extends RedisScript {
  readonly keys: ReadonlyArray<keyof QueueKeys>
}

/**
 * What a script does to a server that is out of memory. `fills`: it is refused, before it did anything. `moves`: it runs, since what
 * waits must be able to leave. `reads`: it changes nothing.
 */
export type Burden = "fills" | "moves" | "reads"

const flags: Readonly<Record<Burden, string>> = { fills: "", moves: " flags=allow-oom", reads: " flags=no-writes" }

/** The one place that reads the time: the server's, in milliseconds. */
const clock = `local time = redis.call("TIME")
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`

/** In the script every declared key is a local of its own name, and `now` is the server's time. */
export const queueScript = (
  name: string,
  burden: Burden,
  keys: ReadonlyArray<keyof QueueKeys>,
  lua: string
): QueueScript => ({
  name: `queue.${name}`,
  keys,
  lua: `#!lua${flags[burden]}\n${clock}` + keys.map((key, index) => `local ${key} = KEYS[${index + 1}]\n`).join("") +
    lua
})
