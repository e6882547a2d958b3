import { describe } from "@effect/vitest"
import { Effect } from "effect"
import { tools } from "../../scripts/stack/Tools.ts"

const { missing, postgresVersions } = Effect.runSync(tools)

/** The name of a group that is skipped, up to the tool it lacks. The reporter counts what is below it. */
export const notTried = "not tried here, without "

/**
 * Tests that want servers or programs which not every machine can have. Without one of them they are skipped by its
 * name.
 */
export const needs = (wanted: ReadonlyArray<string>, tests: () => void): void => {
  const lacking = missing.find(({ tool }) => wanted.includes(tool))
  if (lacking === undefined) return tests()
  describe.skip(`${notTried}${lacking.tool}`, tests)
}

const supported = { oldest: 15, newest: 18 } as const
const had = Object.values(postgresVersions).map(({ version }) => version).sort((a, b) => a - b)

/** Major versions of the oldest and of the newest PostgreSQL of this machine that are supported. */
export const postgres = { oldest: had[0] ?? supported.oldest, newest: had.at(-1) ?? supported.newest }

/** Runs tests on one of them. Where both are the same, one stands for the version that is not here. */
export const onPostgres = (age: "oldest" | "newest", tests: (version: number) => void): void => {
  const version = supported[age]
  if (had.length > 1 || had[0] === version) return tests(postgres[age])
  needs([`PostgreSQL ${version}`], () => tests(version))
}

export const onEachPostgres = (tests: (version: number) => void): void => {
  onPostgres("oldest", tests)
  onPostgres("newest", tests)
}

export const onEachRedis = (tests: (flavour: "redis" | "valkey") => void): void => {
  for (const flavour of ["redis", "valkey"] as const) needs([flavour], () => tests(flavour))
}
