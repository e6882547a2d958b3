import type { Attempt } from "./DeadLetter.ts"

/** The platform took an alert. */
export interface AlertDelivery {
  readonly alertId: string
  /** By the server's clock, epoch milliseconds. */
  readonly deliveredAt: number
  /** Tries that counted, the last included. */
  readonly tries: number
  /** Those before, oldest first. */
  readonly attempts: ReadonlyArray<Attempt>
}
