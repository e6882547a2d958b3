import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Fiber, Layer, Logger, Stream } from "effect"
import { ArchiveStore } from "../../../layers/archive/ArchiveStore.ts"
import { ArchiveStoreS3 } from "../../../layers/archive/ArchiveStoreS3.ts"
import { S3Limits } from "../../../layers/archive/S3Client.ts"
import { S3Settings, type S3Values } from "../../../layers/archive/S3Settings.ts"
import { SecretsFromStore } from "../../../layers/secret/SecretLayer.ts"
import { forServer, tlsFolder } from "../../support/certificates.ts"
import { eventually, until } from "../../support/eventually.ts"
import { s3StandIn } from "../../support/s3StandIn.ts"
import { makeSecretStoreMemory } from "../secret/SecretStoreMemory.ts"
import { archivePromises, textIn } from "./archiveStoreSuite.ts"

const place = "s3://events/mutt/prod"
const partBytes = 65_536

/** A store in which nothing is, and what opens its archive. */
const standInWith = Effect.fnUntraced(function*(options: Parameters<typeof s3StandIn>[0]) {
  const store = yield* s3StandIn(options)
  const secrets = yield* makeSecretStoreMemory({ ARCHIVE_S3_KEY: "standin:standin-secret" })
  const opening = (values: Partial<S3Values> = {}) =>
    ArchiveStoreS3.pipe(
      Layer.provide(SecretsFromStore.pipe(Layer.provide(secrets.layer))),
      Layer.provide(
        Layer.succeed(S3Settings, { s3Endpoint: store.url, s3Region: "us-east-1", s3CaFile: undefined, ...values })
      ),
      Layer.provide([NodeServices.layer, Logger.layer([])]),
      Layer.provide(Layer.succeed(S3Limits, { answer: "200 millis", pause: "1 millis", retries: 3, partBytes })),
      Layer.build,
      Effect.map((context) => Context.get(context, ArchiveStore))
    )
  const open = (at = place, values: Partial<S3Values> = {}) =>
    Effect.flatMap(opening(values), (archives) => archives.open(at))
  return { store, secrets, open }
})
const standIn = standInWith({ pageOf: 2, leastPart: partBytes })

const opened = Effect.flatMap(standIn, (all) => Effect.map(all.open(), (archive) => ({ ...all, archive })))
const bytesOf = (text: string) => Stream.make(new TextEncoder().encode(text))

/** Bytes that differ from one place to the next, in chunks of no part's length. */
const chunkBytes = 10_000
const large = (chunks: number) =>
  Stream.range(1, chunks).pipe(Stream.map((number) => new Uint8Array(chunkBytes).fill(number)))

describe("an archive in a bucket", () => {
  for (const { name, promise } of archivePromises) {
    it.live(name, () =>
      Effect.gen(function*() {
        const { archive, store } = yield* opened
        yield* promise(archive)
        assert.strictEqual(store.uploads.size, 0)
      }))
  }

  it.live("is written in parts when it is large, and read back whole after its connection broke", () =>
    Effect.gen(function*() {
      const { archive, store } = yield* opened
      yield* archive.put("2026/11/a", large(20))
      const puts = store.asked.filter((line) => line.startsWith("PUT"))
      assert.strictEqual(puts.length, 4)
      let left = 2
      store.fault = ({ method }) => method === "GET" && left-- > 0 ? "half" : undefined
      const read = yield* Stream.runFold(archive.get("2026/11/a"), () => new Array<Uint8Array>(), (all, chunk) => {
        all.push(chunk)
        return all
      })
      const bytes = Buffer.concat(read)
      assert.strictEqual(bytes.length, 20 * chunkBytes)
      for (let at = 0; at < 20; at++) assert.strictEqual(bytes[at * chunkBytes], at + 1)
      assert.isTrue(left < 0)
    }))

  it.live("leaves no upload in parts when its writer is stopped", () =>
    Effect.gen(function*() {
      const { archive, store } = yield* opened
      const writing = yield* Effect.forkChild(archive.put("2026/11/a", Stream.concat(large(8), Stream.never)))
      yield* until(Effect.sync(() => store.uploads.size), (size) => size === 1)
      yield* Fiber.interrupt(writing)
      assert.strictEqual(store.uploads.size, 0)
      assert.deepStrictEqual(yield* archive.list(""), [])
    }))

  it.live("is written through a store that is busy, silent or cuts connections, and once", () =>
    Effect.gen(function*() {
      const { archive, store } = yield* opened
      for (const fault of ["slow down", "cut", "silent", "lost"] as const) {
        for (const size of [1, 8]) {
          let left = size === 1 ? 1 : 3
          // With the last request of an upload in parts, which ends it.
          store.fault = ({ method, query }) =>
            method !== "GET" && (size === 1 || query.has("uploadId")) && left-- > 0 ? fault : undefined
          yield* archive.put(`2026/${fault.replace(" ", "-")}/${size}`, large(size))
          assert.isTrue(left < 1)
        }
      }
      store.fault = () => "slow down"
      assert.strictEqual((yield* Effect.flip(archive.list(""))).reason, "busy")
      store.fault = () => "cut"
      assert.strictEqual((yield* Effect.flip(archive.put("2026/11/a", bytesOf("a")))).reason, "unreachable")
      assert.strictEqual(store.objects.size, 8)
    }))

  it.live("asks before it writes, for stores that don't know how to refuse a name that is taken", () =>
    Effect.gen(function*() {
      const { archive, store } = yield* opened
      for (const conditions of ["old", "strict"] as const) {
        store.conditions = conditions
        const name = `2026/11/${conditions}`
        yield* archive.put(name, bytesOf("first"))
        yield* archive.put(`${name}-large`, large(8))
        assert.strictEqual((yield* Effect.flip(archive.put(name, bytesOf("second")))).reason, "taken")
        assert.strictEqual(yield* textIn(archive, name), "first")
      }
    }))

  it.live("goes on with NEXT when the store no longer takes the key, and with what the secret store has then", () =>
    Effect.gen(function*() {
      const { archive, secrets, store } = yield* opened
      yield* secrets.set({ ARCHIVE_S3_KEY_CURRENT: "standin:standin-secret", ARCHIVE_S3_KEY_NEXT: "second:a-secret" })
      store.keys = new Map([["second", "a-secret"]])
      yield* eventually(archive.list(""))
      yield* archive.put("2026/11/a", bytesOf("a"))
      store.keys = new Map([["third", "with:a-colon"]])
      const refused = yield* Effect.flip(archive.list(""))
      assert.strictEqual(refused.reason, "credentials")
      assert.include(refused.detail, "ARCHIVE_S3_KEY")
      assert.notInclude(refused.detail, "a-secret")
      yield* secrets.set({ ARCHIVE_S3_KEY: "third:with:a-colon" })
      yield* eventually(archive.list(""))
    }))

  it.live("verifies the store by the authority that is set", () =>
    Effect.gen(function*() {
      const { caFile } = yield* tlsFolder()
      const { open } = yield* standInWith({ tls: forServer() })
      assert.include((yield* Effect.flip(open())).detail, "certificate is not taken")
      const archive = yield* open(place, { s3CaFile: caFile })
      yield* archive.put("2026/11/a", bytesOf("a"))
      assert.strictEqual(yield* textIn(archive, "2026/11/a"), "a")
    }))

  it.live("says what is to be done when it cannot be used", () =>
    Effect.gen(function*() {
      const { open, secrets, store } = yield* standIn
      const problem = (at?: string, values?: Partial<S3Values>) =>
        Effect.map(Effect.flip(open(at, values)), ({ detail, reason }) => `${reason}: ${detail}`)
      assert.match(yield* problem(place, { s3Endpoint: undefined }), /^unset: ARCHIVE_S3_ENDPOINT is not set/)
      assert.match(
        yield* problem(place, { s3CaFile: "/absent" }),
        /^unset: ARCHIVE_S3_CA_FILE: \/absent cannot be read/
      )
      assert.match(yield* problem("file:///srv"), /^unset: /)
      assert.match(yield* problem("s3://others"), /^absent: .*make it, or correct event_archive/)
      assert.match(yield* problem(place, { s3Endpoint: "http://127.0.0.1:1" }), /^unreachable: .*ECONNREFUSED/)
      store.denied = ({ path }) => path === "events"
      assert.match(yield* problem(), /^denied: .*s3:ListBucket/)
      store.region = "eu-central-1"
      assert.match(yield* problem(), /set ARCHIVE_S3_REGION to eu-central-1/)
      yield* secrets.set({})
      assert.match(yield* problem(), /^unset: The secret ARCHIVE_S3_KEY is not in the store/)
    }))
})
