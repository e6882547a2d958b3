import * as NodeStream from "@effect/platform-node/NodeStream"
import type { Stream } from "effect"
import { constants, createZstdCompress } from "node:zlib"
import { ArchiveFailed } from "./ArchiveStore.ts"

/** With a checksum, so that `zstd -t` finds a damaged object by itself. */
const options = {
  params: { [constants.ZSTD_c_compressionLevel]: 6, [constants.ZSTD_c_checksumFlag]: 1 }
}

export const zstdCompressed = <E, R>(
  bytes: Stream.Stream<Uint8Array, E, R>
): Stream.Stream<Uint8Array, ArchiveFailed | E, R> =>
  NodeStream.pipeThroughDuplex(bytes, {
    evaluate: () => createZstdCompress(options),
    onError: (cause) =>
      new ArchiveFailed({ reason: "failed", detail: `The events could not be compressed: ${String(cause)}` })
  })
