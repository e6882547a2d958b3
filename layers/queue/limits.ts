import { decodeReportLimits } from "../../src/domain/DecodeReport.ts"

/** The consumer group of the event stream. */
export const consumerGroup = "alerter"

/**
 * Origins whose share of the quarantine is counted each by itself. Peers beyond it share one share, so that a flood of invented addresses
 * can't fill the server.
 */
export const originLimit = 1_000

/** Records beyond their age that one append deletes. */
export const agedAtOnce = 200

/**
 * Fingerprints counted at one time. Beyond it, new ones share the count of `overflow`, so that a flood of ever new messages
 * can't fill the server and is still noticed.
 */
export const fingerprintLimit = 100_000
export const overflow = "*"

/** At least so many alert ids, and less than twice as many, are remembered after they were handed over, so that none is handed over twice. */
export const recentLimit = 50_000

/** Attempts kept of one alert; the oldest make room. */
export const attemptLimit = 20

/** The longest that a claim advises to wait when nothing is known to become due. */
export const idleMs = 1_000

/** Buckets of intake kept; beyond it all are forgotten, which fills each of them. */
export const senderLimit = 10_000

/** Minutes, hours and days of intake rates kept. */
export const rateSpans = { minutes: 60, hours: 24, days: 31 } as const

/** How long a misread host is kept after its newest record. */
export const keepMs = decodeReportLimits.days * 86_400_000

/** What is past its time is looked for so often, since that reads all there is. */
export const sweepMs = 3_600_000

/** How long an operation on dead letters is known. */
export const operationKeptMs = 86_400_000
