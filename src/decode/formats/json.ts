import { skipJsonSpace } from "../characters.ts"
import type { Decoded, ReceiveContext } from "../ReceiveContext.ts"
import { hasRoom } from "../ReceiveContext.ts"
import { type JsonJob, pause, type Steps } from "./jsonJob.ts"
import { takeListed } from "./jsonRecord.ts"
import { type Broken, parseJson, type Piece, shortText, unreadable } from "./jsonText.ts"
import { takePiece } from "./jsonValue.ts"
import { takeArray, takeLongObject } from "./longJson.ts"
import { Salvage } from "./Salvage.ts"
import { ValueScan } from "./ValueScan.ts"

/**
 * Decodes a body that is one JSON object, an array of them, one on each line, or objects back to back. Each record
 * stands for itself: a broken one, also one cut off at the end, is quarantined alone and the others are events.
 *
 * Pauses now and then, and never parses more than a long record at once.
 */
export const decodeJson = (body: string, into: Decoded, context: ReceiveContext): Steps | undefined => {
  const job = jobOf(into, context)
  if (body.startsWith("{")) {
    // One record, which most requests are, takes no generator.
    const piece = body.length <= shortText && !body.includes("\n") ? parseJson(body, job) : undefined
    return piece?.ok === true ? takePiece(piece, job) : decodeObjects(body, job, piece)
  }
  if (body.startsWith("[")) return decodeText(body, job)
  return decodeLines(body, job)
}

const jobOf = (into: Decoded, context: ReceiveContext): JsonJob => ({
  into,
  arrival: context,
  broken: 0,
  rest: undefined,
  due: false
})

/** Decodes the parts of a body that has a value on each line; `undefined` when its beginning tells otherwise. */
export const jsonLines = (start: string, into: Decoded, context: ReceiveContext): LineDecoder | undefined => {
  const job = jobOf(into, context)
  const end = start.indexOf("\n")
  if (start.startsWith("[") || start.startsWith("{") && (end < 0 || !isWhole(start.slice(0, end), job))) {
    return undefined
  }
  return (part, context) => {
    job.arrival = context
    return decodeLines(part, job)
  }
}

/** Decodes whole lines, and more of them when it is called again. */
export type LineDecoder = (part: string, context: ReceiveContext) => Steps

/** An object that spans lines looks like NDJSON until its first line is read. */
function* decodeObjects(body: string, job: JsonJob, read: Piece | undefined): Steps {
  const end = body.indexOf("\n")
  const line = end < 0 ? body : body.slice(0, end)
  if (end < 0 || !isWhole(line, job)) return yield* decodeText(body, job, read)
  yield* decodeLines(body, job)
}

const isWhole = (line: string, job: JsonJob): boolean =>
  looksWhole(line) || line.length <= shortText && parseJson(line, job).ok

function* decodeLines(body: string, job: JsonJob): Steps {
  for (let start = 0; start < body.length;) {
    start = takeLines(body, start, job)
    yield* pause(job)
  }
}

/** Takes lines up to a pause; where it came to. */
const takeLines = (body: string, from: number, job: JsonJob): number => {
  const { into } = job
  let start = from
  while (start < body.length && hasRoom(into)) {
    const before = start
    start = skipJsonSpace(body, start, longBlank)
    const found = body.indexOf("\n", start)
    const end = found < 0 ? body.length : found
    const line = body.slice(start, end)
    start = end + 1
    job.due = into.budget.works(start - before)
    if (line.length > 0) {
      const piece = line.length > shortText ? undefined : parseJson(line, job)
      job.rest = piece?.ok === true ? takePiece(piece, job) : decodeText(line, job, piece)
    }
    if (job.due || job.rest !== undefined) return start
  }
  return body.length
}

/** Blanks that are passed over in one go. */
const longBlank = 16_384

/** Decodes a text of one value, or of several. `read` is what parsing it gave. */
function* decodeText(text: string, job: JsonJob, read?: Piece): Steps {
  if (text.length > shortText) return yield* decodeLong(text, job)
  const piece = read ?? parseJson(text, job)
  if (!piece.ok) return yield* decodePieces(text, 0, piece, job)
  const more = takePiece(piece, job)
  if (more !== undefined) yield* more
}

function* decodeLong(text: string, job: JsonJob): Steps {
  const whole: Broken = { ok: false, reason: "not_json", detail: unreadable, raw: text }
  if (!text.startsWith("[")) return yield* decodePieces(text, 0, whole, job)
  const { at } = yield* takeArray(text, 0, takeListed, job)
  yield* decodePieces(text, at, at > 1 ? undefined : whole, job)
}

/**
 * Text that does not parse may still hold records. When it holds none it is one broken record, `whole`; without that
 * some were read already.
 */
function* decodePieces(text: string, from: number, whole: Broken | undefined, job: JsonJob): Steps {
  const { into } = job
  const salvage = new Salvage(text, from, job)
  const broken: Array<Piece> = []
  let found = whole === undefined
  for (let piece = salvage.next(); piece !== undefined; piece = salvage.next()) {
    if (!hasRoom(into)) return
    if (piece === "more") {
      yield
      continue
    }
    if (piece instanceof ValueScan) {
      if (yield* takeLongObject(piece, job)) found = true
      else salvage.refuse(piece)
      continue
    }
    if (piece.ok && typeof piece.value === "object") found = true
    const more = found ? takePiece(piece, job) : undefined
    if (more !== undefined) yield* more
    if (!found && broken.length <= into.budget.records) broken.push(piece)
    if (into.budget.works(piece.raw?.length ?? 0)) yield
  }
  for (const piece of found ? broken : [whole]) if (piece !== undefined) takePiece(piece, job)
}

const looksWhole = (line: string): boolean => /^\{\s*"/.test(line) && line.trimEnd().endsWith("}")
