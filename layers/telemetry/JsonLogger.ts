import { Console, Logger } from "effect"
import { CorrelationId } from "./CorrelationId.ts"
import { LogThreshold } from "./LogThreshold.ts"
import { CurrentSpan } from "./Tracing.ts"

/** The process that wrote a line. */
interface LogIdentity {
  readonly service: string
  readonly version: string
  readonly instance: string
}

/** In characters. A longer cause says nothing more to a reader and fills the disk. */
const causeLimit = 8_192

/** What a line says beside the process that wrote it. A `Redacted` value is written as `<redacted>`. */
export const logFields = (options: Logger.Options<unknown>) => {
  const base = Logger.formatStructured.log(options)
  const span = options.fiber.getRef(CurrentSpan)
  return {
    timestamp: base.timestamp,
    level: base.level,
    message: messageText(base.message),
    correlationId: options.fiber.getRef(CorrelationId),
    trace_id: span?.traceId,
    span_id: span?.spanId,
    annotations: Object.keys(base.annotations).length === 0 ? undefined : base.annotations,
    cause: base.cause?.slice(0, causeLimit)
  }
}

/** Gives each line from the level in force on to `write`. */
export const thresholdLogger = (write: (options: Logger.Options<unknown>) => void): Logger.Logger<unknown, void> =>
  Logger.make((options) => {
    if (options.fiber.getRef(LogThreshold).allows(options.logLevel)) write(options)
  })

/** Writes one JSON object a line to the console. */
export const jsonLogger = (identity: LogIdentity): Logger.Logger<unknown, void> =>
  thresholdLogger((options) => {
    const { level, message, timestamp, ...more } = logFields(options)
    options.fiber.getRef(Console.Console).log(JSON.stringify({ timestamp, level, message, ...identity, ...more }))
  })

const messageText = (message: unknown): string => {
  if (typeof message === "string") return message
  if (Array.isArray(message)) return message.map(messageText).join(" ")
  return JSON.stringify(message) ?? String(message)
}
