import { Console, Logger } from "effect"
import { CorrelationId } from "./CorrelationId.ts"
import { LogThreshold } from "./LogThreshold.ts"

/** The process that wrote a line. */
interface LogIdentity {
  readonly service: string
  readonly version: string
  readonly instance: string
}

/** In characters. A longer cause says nothing more to a reader and fills the disk. */
const causeLimit = 8_192

/** Formats one JSON object a line. A `Redacted` value is written as `<redacted>`. */
const jsonLine = (identity: LogIdentity): Logger.Logger<unknown, string> =>
  Logger.map(
    Logger.make((options) => ({ base: Logger.formatStructured.log(options), fiber: options.fiber })),
    ({ base, fiber }) =>
      JSON.stringify({
        timestamp: base.timestamp,
        level: base.level,
        message: messageText(base.message),
        ...identity,
        correlationId: fiber.getRef(CorrelationId),
        annotations: Object.keys(base.annotations).length === 0 ? undefined : base.annotations,
        cause: base.cause?.slice(0, causeLimit)
      })
  )

/** Writes JSON lines to the console, from the level in force on. */
export const jsonLogger = (identity: LogIdentity): Logger.Logger<unknown, void> => {
  const line = jsonLine(identity)
  return Logger.make((options) => {
    if (!options.fiber.getRef(LogThreshold).allows(options.logLevel)) return
    options.fiber.getRef(Console.Console).log(line.log(options))
  })
}

const messageText = (message: unknown): string => {
  if (typeof message === "string") return message
  if (Array.isArray(message)) return message.map(messageText).join(" ")
  return JSON.stringify(message) ?? String(message)
}
