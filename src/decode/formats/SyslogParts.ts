import type { DecodeNote } from "../../domain/Event.ts"
import type { Stamp } from "../fields/stamp.ts"

/** What a syslog header says. Every part may be missing. */
export interface SyslogParts {
  readonly stamp?: Stamp | undefined
  readonly hostname?: string | undefined
  readonly program?: string | undefined
  /** The tag as sent, with its colon, where one was taken off the message. */
  readonly tag?: string | undefined
  readonly fields: ReadonlyArray<readonly [string, unknown]>
  /** Fields that are too many to be kept. */
  readonly dropped?: number | undefined
  readonly message: string
  readonly note?: DecodeNote | undefined
}
