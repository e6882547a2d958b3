/** Bytes that are copied in one go: well below a millisecond. */
const pieceBytes = 1_048_576

/** Makes one piece of the chunks of a body, with a pause behind each mebibyte: 25 of them take 20 ms in one go. */
export function* joinChunks(chunks: ReadonlyArray<Uint8Array>): Generator<void, Uint8Array> {
  const [first] = chunks
  if (chunks.length === 1 && first !== undefined) return first
  const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0)
  const whole = new Uint8Array(length)
  let at = 0
  let paused = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
    if (at - paused < pieceBytes) continue
    paused = at
    yield
  }
  return whole
}
