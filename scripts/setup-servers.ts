import { Console, Effect } from "effect"
import { runScript, unusable } from "./command-line/Script.ts"
import { options, setupOf } from "./setup/options.ts"
import { postgresText, redisText } from "./setup/serverTexts.ts"

const known = {
  database: process.env["DB_PASS_CURRENT"],
  owner: process.env["DB_OWNER_PASS"],
  redis: process.env["REDIS_PASS_CURRENT"],
  redisAdmin: process.env["REDIS_ADMIN_PASS"]
}

runScript(options, function*(given) {
  const { json, only } = given
  const setup = setupOf(given)
  if (typeof setup === "string") return yield* unusable(setup)
  const { postgres, redis } = yield* Effect.try({
    try: () => ({ postgres: postgresText(setup, known), redis: redisText(setup, known) }),
    catch: (error) => unusable(error instanceof Error ? error.message : String(error))
  })
  if (only !== undefined) return yield* Console.log(only === "postgres" ? postgres : redis)
  if (json) return yield* Console.log(JSON.stringify({ postgres, redis }, undefined, 2))
  yield* Console.log(
    `-- PostgreSQL: run by psql, as a superuser.\n${postgres}\n` +
      `# Redis: run by redis-cli, as an administrator, on every node.\n${redis}`
  )
})
