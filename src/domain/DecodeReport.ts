import { Schema } from "effect"
import { DecodeNote, QuarantineReason } from "./Event.ts"

/** Limits of the decode report. */
export const decodeReportLimits = {
  /** The host heard of longest ago makes room. */
  hosts: 1_000,
  days: 7,
  /** Characters kept of the newest text of each host. */
  sample: 1_024
} as const

/** What a decoder misread: a part of an event, or a whole record. */
export const Misreading = Schema.Literals([...DecodeNote.literals, ...QuarantineReason.literals])
export type Misreading = typeof Misreading.Type

/** One record that was decoded in part only, or not at all. */
export interface Misread {
  /** The host of the event; of a quarantined record, the address it came from. */
  readonly hostname: string
  /** The device's address if the record or the socket has it, else the sender's. */
  readonly peer: string | undefined
  readonly what: ReadonlyArray<Misreading>
  /** When it arrived, epoch milliseconds. */
  readonly at: number
  /** The text as it came. */
  readonly raw: string
}

/** The misread records of one host. */
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
