import * as NodeServices from "@effect/platform-node/NodeServices"
import { describe, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { ArchiveStore } from "../../../layers/archive/ArchiveStore.ts"
import { ArchiveStoreFile } from "../../../layers/archive/ArchiveStoreFile.ts"
import { archivePromises } from "./archiveStoreSuite.ts"

const folder = Effect.gen(function*() {
  const path = yield* FileSystem.FileSystem.use((files) => files.makeTempDirectoryScoped())
  return yield* ArchiveStore.use(({ open }) => open(`file://${path}`)).pipe(Effect.provide(ArchiveStoreFile))
}).pipe(Effect.provide(NodeServices.layer))

describe("an archive in a folder", () => {
  for (const { name, promise } of archivePromises) it.live(name, () => Effect.flatMap(folder, promise))
})
