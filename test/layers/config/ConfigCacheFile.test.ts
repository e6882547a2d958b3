import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Logger } from "effect"
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { ConfigCache } from "../../../layers/config/ConfigCache.ts"
import { ConfigCacheFile } from "../../../layers/config/ConfigCacheFile.ts"
import type { Snapshot } from "../../../layers/config/DynamicConfig.ts"
import { defaults } from "../../../src/domain/Settings.ts"
import { staticOf } from "../http/harness.ts"

const snapshot = (version: number): Snapshot => ({
  epoch: "e",
  version,
  values: { ...defaults, moog_rate_limit: 7, log_level: "warn" },
  hostZones: [{ hostname: "ber-*", time_zone: "Europe/Berlin" }]
})

/** A folder, the file in it as a process would see it, and what was logged. */
const folder = Effect.gen(function*() {
  const path = yield* Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "mutt-"))),
    (made) => Effect.sync(() => rmSync(made, { recursive: true, force: true }))
  )
  const file = join(path, "settings.json")
  const lines: Array<string> = []
  const log = Logger.layer([Logger.make(({ message }) => void lines.push(String(message)))])
  const opened = ConfigCacheFile(file).pipe(Layer.provide([NodeServices.layer, staticOf("alerter")]))
  const context = yield* Layer.build(opened)
  const kept = yield* Effect.provide(ConfigCache, context)
  return {
    path,
    file,
    lines,
    load: Effect.provide(kept.load, log),
    keep: (one: Snapshot) => Effect.provide(kept.keep(one), log)
  }
})

describe("the file of the last known good settings", () => {
  it.effect("gives back what was kept last, is readable by its owner alone, and leaves nothing beside it", () =>
    Effect.gen(function*() {
      const { file, keep, lines, load, path } = yield* folder
      yield* keep(snapshot(3))
      yield* keep(snapshot(4))
      assert.deepStrictEqual(yield* load, snapshot(4))
      assert.strictEqual(statSync(file).mode & 0o777, 0o600)
      assert.deepStrictEqual(readdirSync(path), ["settings.json"])
      assert.deepStrictEqual(lines, [])
    }))

  it.effect("holds settings, host zones and nothing else", () =>
    Effect.gen(function*() {
      const { file, keep } = yield* folder
      yield* keep(snapshot(3))
      const held = JSON.parse(readFileSync(file, "utf8"))
      assert.hasAllKeys(held, ["epoch", "version", "values", "checksum"])
      assert.hasAllKeys(held.values, [...Object.keys(defaults), "host_zones"])
    }))

  it.effect("is no news when there is none", () =>
    Effect.gen(function*() {
      const { lines, load } = yield* folder
      assert.isUndefined(yield* load)
      assert.deepStrictEqual(lines, [])
    }))

  it.effect("is ignored with a line in the log when it is cut, changed, out of range, or something else", () =>
    Effect.gen(function*() {
      const { file, keep, lines, load } = yield* folder
      yield* keep(snapshot(3))
      const good = readFileSync(file, "utf8")
      const damaged = [
        "",
        good.slice(0, good.length / 2),
        good.replace("\"moog_rate_limit\": 7", "\"moog_rate_limit\": 8"),
        good.replace("\"version\": 3", "\"version\": 4"),
        "[]",
        "x".repeat(100_000)
      ]
      for (const text of damaged) {
        writeFileSync(file, text)
        assert.isUndefined(yield* load, text.slice(0, 20))
      }
      yield* keep({ ...snapshot(3), values: { ...defaults, moog_rate_limit: 0 } })
      assert.isUndefined(yield* load)
      assert.strictEqual(lines.length, damaged.length + 1)
      assert.isTrue(
        lines.every((line) => line === "The file of the last known settings cannot be used and is ignored.")
      )
      yield* keep(snapshot(5))
      assert.deepStrictEqual(yield* load, snapshot(5))
    }))

  it.effect("that cannot be written hinders nothing and says so", () =>
    Effect.gen(function*() {
      const { file, keep, lines, load } = yield* folder
      yield* keep(snapshot(3))
      rmSync(file)
      // A folder in its place cannot be replaced by a file, whoever runs this.
      mkdirSync(join(file, "inside"), { recursive: true })
      yield* keep(snapshot(4))
      assert.deepStrictEqual(lines, ["The last known settings could not be kept for a start without Redis."])
      assert.isUndefined(yield* load)
    }))
})
