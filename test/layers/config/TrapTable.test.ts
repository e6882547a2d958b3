import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, layer } from "@effect/vitest"
import { ConfigProvider, Effect, FileSystem, Layer } from "effect"
import { TrapTable, TrapTableLayer } from "../../../layers/config/TrapTable.ts"
import { readSettings } from "../../../layers/environment/setting.ts"
import { ingestorSettings } from "../../../services/ingestor/IngestorSettings.ts"

const withFile = <A, E>(text: string | undefined, use: (path: string) => Effect.Effect<A, E>) =>
  Effect.gen(function*() {
    const files = yield* FileSystem.FileSystem
    const folder = yield* files.makeTempDirectoryScoped()
    const path = `${folder}/names`
    if (text !== undefined) yield* files.writeFileString(path, text)
    return yield* use(path)
  })

const tableAt = (path: string | undefined) =>
  Effect.gen(function*() {
    return yield* TrapTable
  }).pipe(
    Effect.provide(
      TrapTableLayer(path).pipe(Layer.provide(NodeServices.layer))
    )
  )

layer(NodeServices.layer)("the table of trap names", (it) => {
  it.effect("is read from its file", () =>
    withFile(
      "A-MIB::down = 1.3.6.1.4.1.9.1\n",
      (path) => Effect.map(tableAt(path), (names) => assert.strictEqual(names?.get("down"), "1.3.6.1.4.1.9.1"))
    ))

  it.effect("is none when none is named", () => Effect.map(tableAt(undefined), (names) => assert.isUndefined(names)))

  it.effect("keeps a program from starting when it can't be read, and says where", () =>
    withFile("A-MIB::down = 1.3.6\nno table\n", (path) =>
      Effect.map(Effect.flip(tableAt(path)), (error) => {
        assert.deepStrictEqual(error.problems, ["line 2: is not `name = OID`"])
        assert.include(error.message, path)
      })))

  it.effect("keeps it from starting when it is not there", () =>
    withFile(
      undefined,
      (path) =>
        Effect.map(Effect.flip(tableAt(path)), (error) =>
          assert.deepStrictEqual(error.problems, ["the file cannot be read: NotFound"]))
    ))

  it.effect("stands beside a charset that must be one", () =>
    Effect.gen(function*() {
      const problems: Array<string> = []
      yield* readSettings(ingestorSettings, problems, {}).pipe(
        Effect.provideService(
          ConfigProvider.ConfigProvider,
          ConfigProvider.fromUnknown({ SYSLOG_FALLBACK_CHARSET: "klingon" })
        )
      )
      assert.deepStrictEqual(problems, [
        "SYSLOG_FALLBACK_CHARSET: Expected the label of a charset, such as windows-1252, gbk or shift_jis."
      ])
    }))
})
