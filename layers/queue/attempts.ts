import { Schema } from "effect"
import { Attempt } from "../../src/domain/DeadLetter.ts"

/** The history of an alert as the queue keeps it: a line of JSON for each attempt, oldest first. */
export const attemptLine = (attempt: Attempt): string => JSON.stringify(attempt)

export const attemptLines = (attempts: ReadonlyArray<Attempt>): string => attempts.map(attemptLine).join("\n")

const decode = Schema.decodeUnknownSync(Schema.fromJsonString(Attempt))

export const attemptsOf = (lines: string): ReadonlyArray<Attempt> =>
  lines === "" ? [] : lines.split("\n").map((line) => decode(line))
