import { Effect } from "effect"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import type { Harness } from "./Harness.ts"

const tables = ["config_audit_log", "secret_rotations", "secret_rotation_steps", "event_audit_log"]

const page = (url: string) => Effect.promise(async () => (await fetch(url)).text())

/** Everything that programs and servers keep or show of what they did, place by place. */
const said = (harness: Harness) =>
  Effect.gen(function*() {
    const texts = new Map<string, string>()
    const files = readdirSync(harness.logs).map((name) => join(harness.logs, name))
    for (const path of [...files, harness.postgres.log, harness.redis.log]) texts.set(path, readFileSync(path, "utf8"))
    for (const name of tables) {
      const rows = yield* harness.accounts.sql.unsafe<{ readonly text: string }>(
        `SELECT row::text AS text FROM ${name} row`
      )
      texts.set(name, rows.map(({ text }) => text).join("\n"))
    }
    for (const { instance, url } of harness.programs) {
      for (const path of ["/metrics", "/readyz"]) texts.set(`${instance}${path}`, yield* page(`${url}${path}`))
    }
    return texts
  })

/** Where one of the values can be read: in logs, in the tables of records, in metrics. */
export const passwordLeaks = (harness: Harness, values: Iterable<string>): Effect.Effect<ReadonlyArray<string>> =>
  said(harness).pipe(
    Effect.map((texts) => {
      const all = [...values]
      return [...texts].flatMap(([position, text]) => all.some((value) => text.includes(value)) ? [position] : [])
    }),
    Effect.orDie
  )
