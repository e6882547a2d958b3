// Prints the names that others rely on, as JSON: node test/docs/wireNames.ts > test/docs/wireNames.json
import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { configKeys } from "../../layers/config/keys.ts"
import { queueKeys } from "../../layers/queue/keys.ts"
import { repository } from "../../scripts/stack/Paths.ts"

const found = (globs: ReadonlyArray<string>, pattern: RegExp): ReadonlyArray<string> => {
  const names = globSync([...globs], { cwd: repository }).flatMap((file) =>
    Array.from(readFileSync(join(repository, file), "utf8").matchAll(pattern), (match) => match.slice(1).join(" "))
  )
  return [...new Set(names)].sort()
}

const programs = ["layers/**/*.ts", "services/**/*.ts"]

/** Names that are seen from outside, and may not change by a change of the code's own words. */
export const wireNames = (): Readonly<Record<string, ReadonlyArray<string>>> => ({
  settings: found([...programs, "src/domain/Settings.ts"], /setting\(\s*"([A-Z][A-Z0-9_]+)"/g),
  liveSettings: found(["src/domain/Settings.ts"], /^ {2}([a-z][a-z0-9_]+): /gm),
  metrics: found(programs, /"((?:mutt|process|nodejs)_[a-z0-9_]+)"/g),
  problems: found(["src/{api,domain}/**/*.ts"], /(?:Problem<\w+>\(\)\(|problem\()\s*"(\w+)"/g),
  endpoints: found(["src/api/**/*.ts"], /\b(get|post|put|patch|delete)\(\s*"\w+",\s*"(\/[^"]*)"/g),
  tables: found(["layers/postgres/migrations/*.ts"], /CREATE TABLE (\w+)/g),
  functions: found(["layers/postgres/migrations/*.ts"], /CREATE (?:OR REPLACE )?FUNCTION (\w+)/g),
  redisKeys: [...Object.values(queueKeys("mutt:{ingest}")), ...Object.values(configKeys)].sort()
})

if (import.meta.main) process.stdout.write(`${JSON.stringify(wireNames(), null, 2)}\n`)
