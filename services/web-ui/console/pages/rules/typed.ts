import { Option, Schema } from "effect"
import type { TypedEvent } from "../../../../../src/decode/typedEvent.ts"
import { Event } from "../../../../../src/domain/Event.ts"

/** What stands in the tester. */
export interface Typed {
  readonly as: "fields" | "line"
  readonly host: string
  readonly message: string
  readonly tag: string
  /** `""`: not said. */
  readonly severity: string
  readonly oid: string
}

export const nothingTyped: Typed = { as: "fields", host: "", message: "", tag: "", severity: "", oid: "" }

/** The event to test; `undefined` while there is nothing to hold against rules. */
export const eventOf = ({ as, host, message, oid, severity, tag }: Typed): TypedEvent | undefined => {
  if (message.trim() === "" && oid.trim() === "") return undefined
  const hostname = host.trim()
  if (as === "line") return { line: message, message: "", ...(hostname === "" ? {} : { hostname }) }
  return {
    hostname: hostname === "" ? "any-host" : hostname,
    message,
    ...(tag === "" ? {} : { tag }),
    ...(severity === "" ? {} : { severity: Number(severity) }),
    ...(oid.trim() === "" ? {} : { trap_oid: oid.trim() })
  }
}

const decode = Schema.decodeUnknownOption(Schema.fromJsonString(Event))

/** The event of the record, from its raw text; `undefined` when that is no event. */
export const recorded = (raw: string): Event | undefined => Option.getOrUndefined(decode(raw))

export const typedOf = ({ hostname, message, severity, tag, trapOid }: Event): Typed => ({
  as: "fields",
  host: hostname,
  message,
  tag: tag ?? "",
  severity: severity === undefined ? "" : String(severity),
  oid: trapOid ?? ""
})
