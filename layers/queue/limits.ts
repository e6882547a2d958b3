import { decodeReportLimits } from "../../src/domain/DecodeReport.ts"

/** The consumer group of the event stream. */
export const consumerGroup = "alerter"

/** Origins with a quarantine share of their own. Further peers share one: invented addresses fill nothing. */
export const originLimit = 1_000

/** One append deletes at most so many records that are too old. */
export const agedAtOnce = 200

/** Fingerprints counted at one time. New ones beyond it share the count of `overflow`, so a flood is noticed. */
export const fingerprintLimit = 100_000
export const overflow = "*"

/** The queue remembers at least so many alert ids, and less than twice as many, so that none is enqueued twice. */
export const recentLimit = 50_000

/** An alert keeps its newest attempts. */
export const attemptLimit = 20

/** Calls that delivered are kept so long as nobody stored them in the database: at full load, hours of deliveries. */
export const deliveryLimit = 100_000

/** A claim that finds nothing advises to wait no longer. */
export const idleMs = 1_000

/** Token buckets kept of senders. Beyond it all are forgotten, which fills each of them. */
export const senderLimit = 10_000

/** A call that appended is known so long to a repeat of it. */
export const callKeptMs = 60_000

/** A batch with an id is known so long, unless so many newer ones came. */
export const batchIdKeptMs = 600_000
export const batchIdLimit = 100_000

/** How long rates of intake are kept. */
export const rateSpans = { minutes: 60, hours: 24, days: 31 } as const

/** Settled events are counted by hour so long. */
export const settledHours = 48

/** A misread host is kept so long after its newest record. */
export const keepMs = decodeReportLimits.days * 86_400_000

/** A sweep of misread hosts reads them all, so it is seldom. */
export const sweepMs = 3_600_000

/** An operation on dead letters is known so long. */
export const operationKeptMs = 86_400_000
