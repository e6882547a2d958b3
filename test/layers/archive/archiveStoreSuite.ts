import { assert } from "@effect/vitest"
import { Effect, Exit, Fiber, Stream } from "effect"
import { type Archive, ArchiveFailed } from "../../../layers/archive/ArchiveStore.ts"

const bytesOf = (text: string) => Stream.make(new TextEncoder().encode(text))
export const textIn = (archive: Archive, name: string) => Stream.mkString(Stream.decodeText(archive.get(name)))

/** What every store promises of an archive that is empty. */
export const archivePromises: ReadonlyArray<{
  readonly name: string
  readonly promise: (archive: Archive) => Effect.Effect<void, unknown>
}> = [
  {
    name: "gives back what was put, and lists it in its folder",
    promise: (archive) =>
      Effect.gen(function*() {
        assert.deepStrictEqual(yield* archive.list("2026/11"), [])
        yield* archive.put("2026/11/b.json", bytesOf("of b"))
        yield* archive.put("2026/11/a.json", Stream.fromIterable(["of", " ", "a"]).pipe(Stream.encodeText))
        yield* archive.put("2026/11/empty", Stream.empty)
        yield* archive.put("2026/12/c.json", bytesOf("of c"))
        yield* archive.put("2026/1/d.json", bytesOf("of d"))
        assert.strictEqual(yield* textIn(archive, "2026/11/a.json"), "of a")
        assert.strictEqual(yield* textIn(archive, "2026/11/empty"), "")
        const listed = (folder: string) => Effect.map(archive.list(folder), (names) => [...names].sort())
        assert.deepStrictEqual(yield* listed("2026/11"), ["2026/11/a.json", "2026/11/b.json", "2026/11/empty"])
        assert.deepStrictEqual(yield* listed("2026"), ["2026/1", "2026/11", "2026/12"])
        assert.deepStrictEqual(yield* listed(""), ["2026"])
      })
  },
  {
    name: "keeps a name that is taken as it is",
    promise: (archive) =>
      Effect.gen(function*() {
        yield* archive.put("2026/11/a", bytesOf("first"))
        assert.strictEqual((yield* Effect.flip(archive.put("2026/11/a", bytesOf("second")))).reason, "taken")
        assert.strictEqual(yield* textIn(archive, "2026/11/a"), "first")
      })
  },
  {
    name: "has nothing of what ended in the middle, by an error or an end of its writer",
    promise: (archive) =>
      Effect.gen(function*() {
        const gone = new ArchiveFailed({ reason: "failed", detail: "gone" })
        // Longer than one part.
        const most = Stream.make(new Uint8Array(70_000))
        const failing = archive.put("2026/11/a", Stream.concat(most, Stream.fail(gone)))
        assert.strictEqual(yield* Effect.flip(failing), gone)
        const stopped = yield* Effect.forkChild(archive.put("2026/11/b", Stream.concat(bytesOf("begun"), Stream.never)))
        yield* Effect.yieldNow
        yield* Fiber.interrupt(stopped)
        assert.isTrue(Exit.isFailure(yield* Fiber.await(stopped)))
        assert.deepStrictEqual(yield* archive.list("2026/11"), [])
      })
  },
  {
    name: "says that an object is not there",
    promise: (archive) =>
      Effect.gen(function*() {
        assert.strictEqual((yield* Effect.flip(textIn(archive, "2026/11/none"))).reason, "gone")
      })
  }
]
