import { Result, Schema, Struct } from "effect"
import { type FieldError, fieldErrors } from "../logic/fieldErrors.ts"
import { type Silence, SilenceInput, SilenceMatch, SilenceSchedule } from "../silence/Silence.ts"
import type { RuleTest, TestSilence } from "./RuleFile.ts"
import { readStart, usualStart } from "./testTime.ts"

const matchFields = Struct.keys(SilenceMatch.fields)
const scheduleFields = Struct.keys(SilenceSchedule.fields)

const decode = Schema.decodeUnknownResult(SilenceInput, { errors: "all", onExcessProperty: "error" })

/** What `expect` calls a silence of a test. */
export const silenceName = (silence: TestSilence, index: number): string => silence.name ?? `silence-${index}`

/** The silence as it would be made. It was there before the test begins. */
const inputOf = (silence: TestSilence, test: RuleTest): unknown => {
  const start = readStart(test.start ?? usualStart)
  const zone = silence.zone ?? (typeof start === "string" ? undefined : start.zone)
  const recurs = silence.weekly !== undefined || silence.monthly !== undefined
  return {
    match: Struct.pick(silence, matchFields.filter((field) => silence[field] !== undefined)),
    starts_at: silence.starts_at ?? "1970-01-01T00:00:00Z",
    ...(silence.ends_at === undefined
      ? recurs ? {} : { ends_at: "9999-12-31T00:00:00Z" }
      : { ends_at: silence.ends_at }),
    ...(recurs
      ? {
        schedule: {
          ...Struct.pick(silence, scheduleFields.filter((field) => silence[field] !== undefined)),
          ...(zone === undefined ? {} : { zone })
        }
      }
      : {}),
    comment: "test"
  }
}

/** What is wrong with the silences of a test; fields are named as they stand there. */
export const checkSilences = (test: RuleTest): ReadonlyArray<FieldError> =>
  (test.silences ?? []).flatMap((silence, index) => {
    const decoded = decode(inputOf(silence, test))
    return Result.isSuccess(decoded) ? [] : fieldErrors(decoded.failure.issue).map(({ field, message }) => ({
      field: `silences.${index}.${field.replace(/^(?:match|schedule)(?:\.|$)/, "")}`.replace(/\.$/, ""),
      message: field === "schedule.zone" ? "Is needed: the start of the test names no zone" : message
    }))
  })

/** The silences of a test that was checked. */
export const silencesOf = (test: RuleTest): ReadonlyArray<Silence> =>
  (test.silences ?? []).flatMap((silence, index) => {
    const decoded = decode(inputOf(silence, test))
    return Result.isFailure(decoded) ? [] : [{
      ...decoded.success,
      id: index,
      revision: 1,
      created_by: "test",
      created_at: "1970-01-01T00:00:00Z"
    }]
  })
