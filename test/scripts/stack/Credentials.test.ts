import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { credentials } from "../../../scripts/stack/Credentials.ts"

type Texts = Readonly<Record<string, string>>

const shared = {
  DB_USER: "mutt_app",
  DB_PASS_CURRENT: "db",
  REDIS_USER: "mutt_app",
  REDIS_PASS_CURRENT: "redis",
  REDIS_PASS_NEXT: "redis-next",
  INGEST_API_KEY: "ingest-key",
  VIEWER_API_KEY: "viewer-key",
  OPERATOR_API_KEY: "operator-key",
  MOOG_API_KEY: "moog-key"
}
/** In the middle of a rotation of an administrator's key. */
const own = {
  WEBUI_API_KEY: "webui-key",
  ADMIN_API_KEY_CURRENT: "admin-key",
  ADMIN_API_KEY_NEXT: "admin-key-next",
  ADMIN_API_KEY_FROM: "10.0.0.0/8",
  API_KEY_ADMIN_ANN: "ann-key",
  SESSION_KEY_CURRENT: "seals-logins"
}
const redisAdmin = { REDIS_ADMIN_USER: "default", REDIS_ADMIN_PASS: "root" }

/** The folder of an installation, with these files. */
const installation = (files: { readonly secrets: Texts; readonly own?: Texts }) =>
  Effect.gen(function*() {
    const folder = yield* Effect.acquireRelease(
      Effect.sync(() => mkdtempSync(join(tmpdir(), "mutt-credentials-"))),
      (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
    )
    const at = (name: string) => join(folder, name)
    const write = (name: string, values: Texts) => writeFileSync(at(name), JSON.stringify(values), { mode: 0o600 })
    write("administrators.json", { postgres: "postgres-root", redis: "root" })
    write("secrets.json", files.secrets)
    if (files.own !== undefined) write("admin-secrets.json", files.own)
    const read = (name: string): Texts => JSON.parse(readFileSync(at(name), "utf8"))
    return {
      at,
      start: Effect.sync(() => credentials(folder)),
      held: () => ({ secrets: read("secrets.json"), own: read("admin-secrets.json") }),
      written: () =>
        ["secrets.json", "admin-secrets.json"].map((name) => {
          const { ino, mtimeNs } = statSync(at(name), { bigint: true })
          return `${ino} ${mtimeNs} ${readFileSync(at(name), "utf8")}`
        }),
      names: () => readdirSync(folder).sort()
    }
  })

const parted = { secrets: shared, own: { ...own, ...redisAdmin } }

describe("the secrets of an installation that had one file for all", () => {
  it.effect("are parted by a start, with the same values, and stay as they are at the next", () =>
    Effect.gen(function*() {
      const { held, names, start, written, at } = yield* installation({ secrets: { ...shared, ...own } })
      const first = yield* start
      assert.deepStrictEqual(held(), parted)
      for (const name of names()) assert.strictEqual(statSync(at(name)).mode & 0o777, 0o600, name)
      assert.isFalse(first.freshSecrets || first.freshAdmins)
      assert.strictEqual(Redacted.value(first.databasePassword), "db")
      assert.strictEqual(first.key("ADMIN"), "admin-key")
      assert.strictEqual(first.key("INGEST"), "ingest-key")

      const before = written()
      const second = yield* start
      assert.deepStrictEqual(written(), before)
      assert.strictEqual(second.key("ADMIN"), "admin-key")
    }))

  it.effect("are not lost by a start that ends before the second file is written, or between the two", () =>
    Effect.gen(function*() {
      const { at, held, names, start } = yield* installation({ secrets: { ...shared, ...own } })
      // A folder of that name is in the way of the file that takes the old one's place.
      for (
        const [name, wanted] of [
          ["admin-secrets.json", undefined],
          ["secrets.json", { secrets: { ...shared, ...own }, own: parted.own }]
        ] as const
      ) {
        mkdirSync(at(`${name}.new`))
        assert.isTrue((yield* Effect.exit(start))._tag === "Failure")
        rmdirSync(at(`${name}.new`))
        if (wanted === undefined) assert.notInclude(names(), "admin-secrets.json")
        else assert.deepStrictEqual(held(), wanted)
      }
      yield* start
      assert.deepStrictEqual(held(), parted)
      assert.deepStrictEqual(names(), ["admin-secrets.json", "administrators.json", "secrets.json"])
    }))

  it.effect("are whole when a start was killed while it wrote a file", () =>
    Effect.gen(function*() {
      const { at, held, start } = yield* installation({ secrets: { ...shared, ...own } })
      writeFileSync(at("admin-secrets.json.new"), "{\"ADMIN_API_KEY_CURR")
      writeFileSync(at("secrets.json.new"), "")
      yield* start
      assert.deepStrictEqual(held(), parted)
    }))

  it.effect("are given what seals logins, once, where it is missing", () =>
    Effect.gen(function*() {
      const { SESSION_KEY_CURRENT: _, ...others } = own
      const { held, start } = yield* installation({ secrets: shared, own: { ...others, ...redisAdmin } })
      yield* start
      const { SESSION_KEY: made = "", ...rest } = held().own
      assert.deepStrictEqual(rest, { ...others, ...redisAdmin })
      assert.isAtLeast(made.length, 32)
      yield* start
      assert.strictEqual(held().own["SESSION_KEY"], made)
    }))

  it.effect("count in the web-ui's own: an old copy goes, and a key that was added beside it makes no admin", () =>
    Effect.gen(function*() {
      const forged = { API_KEY_ADMIN_EVE: "eve-key" }
      const { held, start } = yield* installation({
        secrets: { ...shared, ADMIN_API_KEY: "a-key-of-before", ADMIN_API_KEY_NEXT: "forged", ...forged },
        own: parted.own
      })
      assert.strictEqual((yield* start).key("ADMIN"), "admin-key")
      assert.deepStrictEqual(held(), { secrets: { ...shared, ...forged }, own: parted.own })
    }))
})
