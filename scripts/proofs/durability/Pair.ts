import { Effect, Schedule } from "effect"
import type { Redis } from "../../../layers/redis/Redis.ts"
import { redisAdmin } from "../../../test/layers/connections.ts"
import { redisServer, secret } from "../../../test/support/servers.ts"
import { freezingLink } from "./freezingLink.ts"

/** A primary, and a replica that follows it over a link that can be frozen. */
export const makePair = Effect.gen(function*() {
  const passwords = { admin: secret(), app: secret() }
  const settings = { "repl-diskless-sync-delay": "0", "shutdown-timeout": "0", masterauth: passwords.admin }
  const primary = yield* redisServer({ passwords, settings })
  const replica = yield* redisServer({ passwords, settings })
  const link = yield* freezingLink(primary.port)
  const admin = yield* redisAdmin(replica)
  const follow = admin.command("REPLICAOF", "127.0.0.1", link.port).pipe(Effect.andThen(untilFollowing(admin)))
  yield* Effect.orDie(follow)
  return { primary, replica, admin, link, follow, promote: Effect.orDie(admin.command("REPLICAOF", "NO", "ONE")) }
})

const untilFollowing = (admin: Redis["Service"]) =>
  Effect.flatMap(
    admin.command("INFO", "replication"),
    (text) => String(text).includes("master_link_status:up") ? Effect.void : Effect.fail("not yet" as const)
  ).pipe(Effect.retry(Schedule.spaced("50 millis")))
