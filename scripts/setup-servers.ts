import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Console, Effect } from "effect"
import { defaultQueueName } from "../layers/environment/redisSettings.ts"
import { parseOptions, usage } from "./setup/options.ts"
import { postgresText, redisText } from "./setup/serverTexts.ts"

const printed = Effect.try({
  try: () => {
    const options = parseOptions(process.argv.slice(2), defaultQueueName)
    const known = {
      database: process.env["DB_PASS_CURRENT"],
      owner: process.env["DB_OWNER_PASS"],
      redis: process.env["REDIS_PASS_CURRENT"],
      redisAdmin: process.env["REDIS_ADMIN_PASS"]
    }
    if (options.help) return usage
    const [postgres, redis] = [postgresText(options, known), redisText(options, known)]
    if (options.only !== undefined) return options.only === "postgres" ? postgres : redis
    if (options.json) return JSON.stringify({ postgres, redis }, undefined, 2)
    return `-- PostgreSQL: run by psql, as a superuser.\n${postgres}\n` +
      `# Redis: run by redis-cli, as an administrator, on every node.\n${redis}`
  },
  catch: (error) => error instanceof Error ? error.message : String(error)
})

const main = Effect.matchEffect(printed, {
  onSuccess: (text) => Console.log(text),
  onFailure: (problem) =>
    Effect.andThen(Console.error(`${problem}\n\n${usage}`), Effect.sync(() => void (process.exitCode = 2)))
})

NodeRuntime.runMain(main)
