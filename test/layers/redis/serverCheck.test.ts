import { assert, it } from "@effect/vitest"
import { Effect, Logger } from "effect"
import { checkServer } from "../../../layers/redis/serverCheck.ts"

interface Told {
  readonly version?: string
  readonly policy?: string
  readonly appendOnly?: "0" | "1"
}

/** What is said of a server that answers INFO like this. */
const saidOf = ({ appendOnly = "1", policy = "noeviction", version = "7.4.2" }: Told) =>
  Effect.gen(function*() {
    const lines: Array<string> = []
    const sections = new Map([
      ["server", `redis_version:${version}`],
      ["memory", `maxmemory_policy:${policy}`],
      ["persistence", `aof_enabled:${appendOnly}`]
    ])
    const info = (_name: string, [section]: ReadonlyArray<unknown>) =>
      Effect.succeed(`# Section\r\n${sections.get(String(section))}\r\nother:1\r\n`)
    yield* checkServer(info).pipe(
      Effect.provide(Logger.layer([Logger.map(Logger.formatLogFmt, (line) => void lines.push(line))]))
    )
    return lines
  })

it.effect("a Redis that keeps what it is given is not spoken of", () =>
  Effect.gen(function*() {
    assert.deepStrictEqual(yield* saidOf({}), [])
  }))

it.effect("a Redis that is too old, evicts, or writes no append-only file is named, each with what to do", () =>
  Effect.gen(function*() {
    for (
      const [told, words] of [
        [{ version: "6.2.14" }, "needs version 7"],
        [{ policy: "allkeys-lru" }, "set maxmemory-policy to noeviction"],
        [{ appendOnly: "0" }, "set appendonly to yes"]
      ] as const
    ) {
      const lines = yield* saidOf(told)
      assert.lengthOf(lines, 1)
      assert.include(lines[0], words)
    }
  }))
