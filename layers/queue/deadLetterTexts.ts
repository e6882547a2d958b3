import { Option, Schema } from "effect"
import { Attempt } from "../../src/domain/DeadLetter.ts"
import { Quarantined } from "../../src/domain/Event.ts"

/** The queue keeps the attempts of an alert as lines of JSON, oldest first. */
export const attemptLine = (attempt: Attempt): string => JSON.stringify(attempt)

export const attemptLines = (attempts: ReadonlyArray<Attempt>): string => attempts.map(attemptLine).join("\n")

const decodeAttempt = Schema.decodeUnknownSync(Schema.fromJsonString(Attempt))

export const attemptsOf = (lines: string): ReadonlyArray<Attempt> =>
  lines === "" ? [] : lines.split("\n").map((line) => decodeAttempt(line))

const Reasons = Schema.Struct({ reason: Schema.String, detail: Schema.String, attempts: Schema.Array(Attempt) })
const decodeReasons = Schema.decodeUnknownOption(Schema.fromJsonString(Reasons))
const decodeQuarantined = Schema.decodeUnknownOption(Schema.fromJsonString(Quarantined))

/** Decodes a dead letter. One that does not decode becomes the detail. */
export const decodeDeadLetter = (letter: string): typeof Reasons.Type =>
  Option.getOrElse(decodeReasons(letter), () => ({ reason: "unknown", detail: letter, attempts: [] }))

/** Why a record is refused. */
export interface Refusal {
  readonly reason: string
  readonly detail: string
}

/** Makes a dead letter of an encoded `Quarantined`, its payload. `reread` is why decoding it again failed. */
export const quarantinedDeadLetter = (payload: string, reread?: Refusal) => {
  const { detail, reason } = reread ??
    Option.getOrElse(decodeQuarantined(payload), () => ({ reason: "unknown", detail: "" }))
  return { payload, reason, detail, attempts: [] }
}

/** Encodes as `<reason> <detail>`: a reason is one word. */
export const encodeReason = ({ detail, reason }: Refusal): string => `${reason} ${detail}`

export const decodeReason = (line: string): Refusal => {
  const end = line.indexOf(" ")
  return { reason: line.slice(0, end), detail: line.slice(end + 1) }
}
