import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, layer } from "@effect/vitest"
import { ConfigProvider, Console, Effect, FileSystem, Layer } from "effect"
import { Command } from "effect/cli"
import { createHash } from "node:crypto"
import { zstdCompressSync } from "node:zlib"
import { archive } from "../../../services/cli/archive.ts"
import {
  type ArchiveManifest,
  archiveNameOf,
  manifestNameOf,
  objectNameOf
} from "../../../src/domain/ArchiveManifest.ts"
import { s3StandIn } from "../../support/s3StandIn.ts"

const root = Command.make("mutt").pipe(Command.withSubcommands([archive]))

const mutt = (...args: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    const out: Array<string> = []
    const capturing: Console.Console = { ...globalThis.console, log: (...words) => void out.push(words.join(" ")) }
    const ended = yield* Effect.exit(
      Command.runWith(root, { version: "0" })(["archive", ...args]).pipe(
        Effect.provideService(Console.Console, capturing)
      )
    )
    return { out: out.join("\n"), ok: ended._tag === "Success", ended: JSON.stringify(ended) }
  })

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex")
const idOf = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, "0")}`

const line = (day: string, n: number) =>
  JSON.stringify({
    event_id: idOf(n),
    event_timestamp: `${day}T0${n % 10}:00:00.000001+00:00`,
    hostname: `sw${n}.example`,
    outcome: "unmatched",
    raw_message: `{"message":"Line ${n}"}`,
    cause: null
  })

/** A folder with days of events, each under a number. */
const written = (...days: ReadonlyArray<readonly [day: string, number: number, events: ReadonlyArray<number>]>) =>
  Effect.gen(function*() {
    const files = yield* FileSystem.FileSystem
    const folder = yield* files.makeTempDirectoryScoped()
    for (const [day, number, events] of days) {
      const name = archiveNameOf({ day, odd: false }, number)
      const plain = Buffer.from(events.map((n) => `${line(day, n)}\n`).join(""))
      const packed = zstdCompressSync(plain)
      const manifest: ArchiveManifest = {
        format: "mutt-events-1",
        mutt: "3.0.0",
        day,
        odd: false,
        object: objectNameOf(name),
        rows: events.length,
        bytes: packed.length,
        sha256: sha256(packed),
        plain_bytes: plain.length,
        plain_sha256: sha256(plain),
        first_id: idOf(events[0] ?? 0),
        last_id: idOf(events.at(-1) ?? 0),
        columns: [],
        written_at: "2026-11-29T00:00:00.000Z"
      }
      yield* files.makeDirectory(`${folder}/${name.slice(0, 7)}`, { recursive: true })
      yield* files.writeFile(`${folder}/${manifest.object}`, packed)
      yield* files.writeFileString(`${folder}/${manifestNameOf(name)}`, JSON.stringify(manifest))
    }
    return { folder, files }
  })

layer(Layer.merge(NodeServices.layer, ConfigProvider.layer(ConfigProvider.fromEnv({ env: {} }))))(
  "mutt archive",
  (it) => {
    it.effect("verify finds each changed byte, a missing object and a manifest that says otherwise", () =>
      Effect.gen(function*() {
        const { files, folder } = yield* written(["2026-11-01", 1, [1, 2, 3]], ["2026-11-02", 1, [4]])
        const good = yield* mutt("verify", folder)
        assert.isTrue(good.ok)
        assert.include(good.out, "2 days, 4 events")
        const path = `${folder}/2026/11/event-audit-2026-11-01.ndjson.zst`
        const bytes = yield* files.readFile(path)
        for (let at = 0; at < bytes.length; at++) {
          yield* files.writeFile(path, bytes.map((byte, index) => index === at ? byte ^ 4 : byte))
          const { ok, out } = yield* mutt("verify", folder)
          assert.isFalse(ok)
          assert.include(out, "event-audit-2026-11-01.ndjson.zst was changed")
        }
        yield* files.writeFile(path, bytes.subarray(1))
        assert.isFalse((yield* mutt("verify", folder)).ok)
        yield* files.remove(path)
        const missing = yield* mutt("verify", folder, "--json")
        assert.isFalse(missing.ok)
        assert.lengthOf(JSON.parse(missing.out).faults, 1)
        yield* files.writeFile(path, bytes)
        const manifest = path.replace(".ndjson.zst", ".json")
        const text = yield* files.readFileString(manifest)
        yield* files.writeFileString(manifest, text.replace("\"rows\":3", "\"rows\":2"))
        assert.include((yield* mutt("verify", folder)).out, "has 3 events, not 2")
        yield* files.writeFileString(manifest, "{}")
        assert.isFalse((yield* mutt("verify", folder)).ok)
      }))

    it.effect("reads of a day that was archived again the last one, and of a day without a manifest nothing", () =>
      Effect.gen(function*() {
        const { files, folder } = yield* written(
          ["2026-11-01", 1, [1]],
          ["2026-11-01", 2, [1, 2]],
          ["2026-11-01", 10, [1, 2, 3]],
          ["2026-11-02", 1, [4]]
        )
        yield* files.remove(`${folder}/2026/11/event-audit-2026-11-02.json`)
        const { days } = JSON.parse((yield* mutt("list", folder, "--json")).out)
        assert.deepStrictEqual(days.map((one: ArchiveManifest) => [one.day, one.rows]), [["2026-11-01", 3]])
        assert.isFalse((yield* mutt("list", `${folder}/2026`)).ok)
      }))

    it.effect("search finds by host, time, id and text, the oldest first, and not more than asked for", () =>
      Effect.gen(function*() {
        const { folder } = yield* written(["2026-11-01", 1, [1, 2, 3]], ["2026-11-02", 1, [4, 5, 16]])
        const ids = (...flags: ReadonlyArray<string>) =>
          Effect.map(mutt("search", folder, "--json", ...flags), ({ ended, ok, out }) => {
            assert.isTrue(ok, ended)
            return out === "" ? [] : out.split("\n").map((text) => Number(JSON.parse(text).event_id.slice(-12)))
          })
        assert.deepStrictEqual(yield* ids(), [1, 2, 3, 4, 5, 16])
        assert.deepStrictEqual(yield* ids("--limit", "2"), [1, 2])
        assert.deepStrictEqual(yield* ids("--host", "SW1*"), [1, 16])
        assert.deepStrictEqual(yield* ids("--host", "sw4.example"), [4])
        assert.deepStrictEqual(yield* ids("--id", idOf(3)), [3])
        assert.deepStrictEqual(yield* ids("--text", "LINE 1"), [1, 16])
        assert.deepStrictEqual(yield* ids("--since", "2026-11-01T03:00:00Z", "--until", "2026-11-02T05:00:00Z"), [3, 4])
        assert.deepStrictEqual(yield* ids("--host", "other"), [])
      }))

    it.effect("reads a bucket as it reads a folder, with the settings and the key of the web-ui", () =>
      Effect.gen(function*() {
        const { files, folder } = yield* written(["2026-11-01", 1, [1, 2, 3]], ["2026-12-02", 1, [4]])
        const store = yield* s3StandIn({ pageOf: 1 })
        for (const name of yield* files.readDirectory(folder, { recursive: true })) {
          if (!name.includes(".")) continue
          store.objects.set(`events/mutt/${name}`, {
            bytes: Buffer.from(yield* files.readFile(`${folder}/${name}`)),
            etag: "\"1\"",
            writer: undefined
          })
        }
        const env = { ARCHIVE_S3_ENDPOINT: store.url, ARCHIVE_S3_KEY: "standin:standin-secret" }
        const inBucket = (command: string, given: Readonly<Record<string, string>> = env) =>
          mutt(command, "s3://events/mutt", "--json").pipe(
            Effect.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env: given })))
          )
        for (const command of ["list", "verify", "search"]) {
          assert.strictEqual((yield* inBucket(command)).out, (yield* mutt(command, folder, "--json")).out)
        }
        const without = yield* inBucket("list", {})
        assert.isFalse(without.ok)
        assert.include(without.ended, "ARCHIVE_S3_ENDPOINT is not set")
      }))
  }
)
