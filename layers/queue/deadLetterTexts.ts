import { Option, Schema } from "effect"
import { Attempt } from "../../src/domain/DeadLetter.ts"
import { Quarantined } from "../../src/domain/Event.ts"

/** The history of an alert as the queue keeps it: a line of JSON for each attempt, oldest first. */
export const attemptLine = (attempt: Attempt): string => JSON.stringify(attempt)

export const attemptLines = (attempts: ReadonlyArray<Attempt>): string => attempts.map(attemptLine).join("\n")

const decodeAttempt = Schema.decodeUnknownSync(Schema.fromJsonString(Attempt))

export const attemptsOf = (lines: string): ReadonlyArray<Attempt> =>
  lines === "" ? [] : lines.split("\n").map((line) => decodeAttempt(line))

const Reasons = Schema.Struct({ reason: Schema.String, detail: Schema.String, attempts: Schema.Array(Attempt) })
const decodeReasons = Schema.decodeUnknownOption(Schema.fromJsonString(Reasons))
const decodeQuarantined = Schema.decodeUnknownOption(Schema.fromJsonString(Quarantined))

/** Why, of an encoded dead letter. One that can't be read is itself what is worth telling. */
export const letterOf = (letter: string): typeof Reasons.Type =>
  Option.getOrElse(decodeReasons(letter), () => ({ reason: "unknown", detail: letter, attempts: [] }))

/** Why a record is refused. */
export interface Why {
  readonly reason: string
  readonly detail: string
}

/** An encoded `Quarantined` as a dead letter: it is its own payload. `reread` is why it can't be read still. */
export const quarantinedLetter = (payload: string, reread?: Why) => {
  const { detail, reason } = reread ??
    Option.getOrElse(decodeQuarantined(payload), () => ({ reason: "unknown", detail: "" }))
  return { payload, reason, detail, attempts: [] }
}

/** As the queue keeps it: a reason is one word. */
export const whyLine = ({ detail, reason }: Why): string => `${reason} ${detail}`

export const whyOf = (line: string): Why => {
  const end = line.indexOf(" ")
  return { reason: line.slice(0, end), detail: line.slice(end + 1) }
}
