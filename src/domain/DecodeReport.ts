import { Schema } from "effect"
import { DecodeNote, QuarantineReason } from "./Event.ts"

/** How much the report of misread hosts holds. */
export const decodeReportLimits = {
  /** Those heard of longest ago make room. */
  hosts: 1_000,
  days: 7,
  /** Characters kept of the newest text of each host. */
  sample: 1_024
} as const

/** What was not understood: a part of an event, or why a record became none. */
export const Misreading = Schema.Literals([...DecodeNote.literals, ...QuarantineReason.literals])
export type Misreading = typeof Misreading.Type

/** One record that was understood in part only, or not at all. */
export interface Misread {
  /** Host of the event; of a record that became none the address it came from. */
  readonly hostname: string
  /** Address of the device where the record or the socket told, else of who posted it. */
  readonly peer: string | undefined
  readonly what: ReadonlyArray<Misreading>
  /** When it arrived, epoch milliseconds. */
  readonly at: number
  /** The text as it came. */
  readonly raw: string
}

/** What was misread of one host. */
export interface MisreadHost {
  readonly hostname: string
  /** Of the newest record. */
  readonly peer: string | undefined
  readonly counts: Readonly<Partial<Record<Misreading, number>>>
  /** Arrival of the first and of the newest record, epoch milliseconds. */
  readonly firstAt: number
  readonly lastAt: number
  /** The text of the newest record, cut. */
  readonly sample: string
}
