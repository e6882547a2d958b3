import { Effect } from "effect"
import type { RedisNodeState } from "./Redis.ts"
import type { Ask } from "./shortLivedConnection.ts"

/** Asks a node for sections of INFO, which needs no right to read its configuration. */
export const readInfo = (ask: Ask, sections: ReadonlyArray<string>) =>
  Effect.map(
    Effect.forEach(sections, (section) => ask("INFO", section)),
    (answers): ReadonlyMap<string, string> =>
      new Map(
        answers
          .flatMap((info) => String(info).split("\r\n"))
          .map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()])
      )
  )

/** Asks a node how much room it has. Nothing tells how full its disk is: only that it took no more. */
export const askState = (node: string, ask: Ask) =>
  Effect.map(readInfo(ask, ["memory", "persistence"]), (told): RedisNodeState => {
    const number = (name: string) => Number(told.get(name) ?? 0)
    const failed = (name: string) => (told.get(name) ?? "ok") !== "ok"
    const most = number("maxmemory") || number("total_system_memory")
    return {
      node,
      usedBytes: number("used_memory"),
      mostBytes: most > 0 ? most : undefined,
      appendOnlyBytes: told.has("aof_current_size") ? number("aof_current_size") : undefined,
      failing: {
        append: failed("aof_last_write_status"),
        rewrite: failed("aof_last_bgrewrite_status"),
        snapshot: failed("rdb_last_bgsave_status")
      }
    }
  })
