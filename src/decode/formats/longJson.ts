import { eventLimits } from "../../domain/Event.ts"
import { hasRoom, quarantine } from "../ReceiveContext.ts"
import { ArrayReader } from "./ArrayReader.ts"
import { refuseEnvelope } from "./envelopes.ts"
import { checkJson } from "./jsonCheck.ts"
import { type JsonJob, takeAll, type Taker } from "./jsonJob.ts"
import { takeListed, tooLarge } from "./jsonRecord.ts"
import { parseJson, shortText, unreadable } from "./jsonText.ts"
import { envelopes, takeBroken, takePiece } from "./jsonValue.ts"
import { LokiStream, takeStream } from "./loki.ts"
import { isArrayAt, type Member, membersOf } from "./longObject.ts"
import { ValueScan } from "./ValueScan.ts"

/** Takes the values of a long array. The reader that it gives tells how far it came. */
export function* takeArray(text: string, from: number, take: Taker, job: JsonJob): Generator<void, ArrayReader> {
  const reader = new ArrayReader(text, from, job)
  while (reader.state === "open" && hasRoom(job.into)) {
    const part = reader.next()
    if (part === undefined) yield
    else if (!(part instanceof ValueScan)) yield* takeAll(part, take, job, reader.length)
    else {
      const taken = take === takeStream ? yield* takeLongStream(part, job) : yield* takeLong(part, take, job)
      if (!taken) reader.refuse(part)
      yield
    }
  }
  return reader
}

/** Takes a long object: an envelope, or a record. `false` when it can't be read. */
export function* takeLongObject(scan: ValueScan, job: JsonJob): Generator<void, boolean> {
  const members = membersOf(scan, job)
  if (members === undefined) return yield* takeLong(scan, takeWhole, job)
  for (const [name, take] of envelopes) {
    const list = members.find((member) => member.name === name && isArrayAt(scan.text, member.from))
    if (list !== undefined) return yield* takeList(scan.text, list, take, job)
  }
  const [only] = members
  if (members.length === 1 && only !== undefined && isArrayAt(scan.text, only.from)) {
    const envelope = refuseEnvelope({ [only.name]: [] })
    if (envelope === undefined) return yield* takeList(scan.text, only, takeListed, job)
    quarantine(job.into, envelope, rawOf(scan), job.arrival)
    return true
  }
  return yield* takeLong(scan, takeWhole, job)
}

const takeWhole: Taker = (value, job) => takePiece({ ok: true, value, raw: undefined }, job)

/** Takes a list inside an envelope. Behind a value that can't be read the rest of it is one broken record. */
function* takeList(text: string, { from, to }: Member, take: Taker, job: JsonJob): Generator<void, true> {
  const { at, state } = yield* takeArray(text, from, take, job)
  if (state === "broken") {
    takeBroken({ ok: false, reason: "not_json", detail: unreadable, raw: text.slice(at, to) }, job)
  }
  return true
}

function* takeLongStream(scan: ValueScan, job: JsonJob): Generator<void, boolean> {
  const members = membersOf(scan, job)
  const lines = members?.find(({ name }) => name === "values")
  if (lines === undefined || !isArrayAt(scan.text, lines.from)) return yield* takeLong(scan, takeStream, job)
  const labels = members?.find(({ name }) => name === "stream")
  const long = labels !== undefined && labels.to - labels.from > shortText
  const read = labels === undefined || long ? undefined : parseJson(scan.text.slice(labels.from, labels.to), job)
  if (read?.ok === false) return false
  if (long) {
    quarantine(job.into, tooLarge, rawOf(scan), job.arrival)
    return true
  }
  const stream = new LokiStream(read?.value)
  yield* takeList(scan.text, lines, stream.take, job)
  stream.end(job)
  return true
}

/** Takes one long value as a whole; `false` when it can't be read. */
function* takeLong(scan: ValueScan, take: Taker, job: JsonJob): Generator<void, boolean> {
  const raw = rawOf(scan)
  if (raw.length > eventLimits.record) {
    // Is it a record, or what is left of one behind a quote too many? Its beginning tells.
    const start = raw.slice(0, eventLimits.record)
    const fault = checkJson(start, { depth: Infinity, values: Infinity })
    if (fault?.fault === "not_json" && fault.at < start.length - longestWord) return false
    quarantine(job.into, tooLarge, raw, job.arrival)
    return true
  }
  const piece = parseJson(raw, job)
  if (!piece.ok && piece.reason === "not_json") return false
  const more = piece.ok && take !== takeWhole ? take(piece.value, job) : takePiece(piece, job)
  if (more !== undefined) yield* more
  return true
}

/** A word or an escape that is cut off. */
const longestWord = 8

const rawOf = ({ end, from, text }: ValueScan): string => text.slice(from, end)
