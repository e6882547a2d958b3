import { Context } from "effect"
import { randomUuid } from "../random/secureRandom.ts"

/** The request or event that a fiber works for. Set where work begins; log lines and answers have it. */
export const CorrelationId = Context.Reference<string | undefined>("mutt/layers/telemetry/CorrelationId", {
  defaultValue: () => undefined
})

const wellFormed = /^[A-Za-z0-9._-]{1,64}$/

/** Takes the sender's id when it is well formed, else a new one: it goes into logs, headers and the database. */
export const acceptCorrelationId = (sent: string | undefined, newId = randomUuid): string =>
  sent !== undefined && wellFormed.test(sent) ? sent : newId()
