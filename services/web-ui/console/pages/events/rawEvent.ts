import { Option, Schema } from "effect"
import type { TrialEvent } from "../../../../../src/api/web-ui/Rules.ts"
import { Event } from "../../../../../src/domain/Event.ts"

const decodeEvent = Schema.decodeUnknownOption(Schema.fromJsonString(Event))
const decodeAny = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Record(Schema.String, Schema.Json)))

/** The event as the ingestor wrote it; `undefined` where this release can't read it. */
export const eventOf = (json: string): Event | undefined => Option.getOrUndefined(decodeEvent(json))

const valueText = (value: Schema.Json | undefined): string =>
  typeof value === "string" ? value : JSON.stringify(value) ?? ""

/** Its parts as texts, those that a device sent beside the known ones too. */
export const partsOf = (json: string): ReadonlyArray<readonly [name: string, value: string]> =>
  Option.match(decodeAny(json), {
    onNone: () => [],
    onSome: ({ fields, ...event }) => [
      ...Object.entries(event).map(([name, value]) => [name, valueText(value)] as const),
      ...(typeof fields === "object" && fields !== null && !Array.isArray(fields)
        ? Object.entries(fields).map(([name, value]) => [`fields.${name}`, valueText(value)] as const)
        : [])
    ]
  })

/** The same JSON in lines. */
export const prettyOf = (json: string): string =>
  Option.match(decodeAny(json), { onNone: () => json, onSome: (event) => JSON.stringify(event, undefined, 2) })

/** What the rules of today are asked about it. */
export const trialOf = ({ hostname, message, severity, tag, trapOid }: Event): TrialEvent => ({
  hostname,
  message,
  ...(tag === undefined || tag === "" ? {} : { tag }),
  ...(severity === undefined ? {} : { severity }),
  ...(trapOid === undefined ? {} : { trap_oid: trapOid })
})
