import { Stream } from "effect"
import { createHash } from "node:crypto"

/** What went by: its bytes, and their SHA-256 once all have gone. */
export interface Digest {
  readonly bytes: () => number
  /** For the end: it can be asked once. */
  readonly sha256: () => string
}

/** Counts and hashes the bytes of a stream as they go by. */
export const digested = <E, R>(
  stream: Stream.Stream<Uint8Array, E, R>
): readonly [Stream.Stream<Uint8Array, E, R>, Digest] => {
  const hash = createHash("sha256")
  let bytes = 0
  const passing = Stream.map(stream, (chunk) => {
    bytes += chunk.length
    hash.update(chunk)
    return chunk
  })
  return [passing, { bytes: () => bytes, sha256: () => hash.digest("hex") }]
}
