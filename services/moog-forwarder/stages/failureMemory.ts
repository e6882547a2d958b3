/** Alerts that are remembered; the one that failed longest ago makes room. */
const most = 10_000

/** Tells an alert that the platform refuses from a platform that refuses all, by the order of attempts. */
export interface FailureMemory {
  /** Numbers the attempt that is about to be sent. */
  readonly nextAttempt: () => number
  readonly delivered: (id: string, attempt: number) => void
  /** Records a failure. Did the platform take an alert that was sent after this one had failed before? */
  readonly failed: (id: string) => boolean
}

/**
 * A first failure says nothing of the alert: others beside it may have been sent before the platform went away.
 * Attempts are numbered and not timed, since clocks are set and differ.
 */
export const makeFailureMemory = (): FailureMemory => {
  const failures = new Map<string, number>()
  let attempts = 0
  let newestDelivered = 0
  return {
    nextAttempt: () => ++attempts,
    delivered: (id, attempt) => {
      if (attempt > newestDelivered) newestDelivered = attempt
      if (failures.size > 0) failures.delete(id)
    },
    failed: (id) => {
      const before = failures.get(id)
      failures.delete(id)
      failures.set(id, attempts)
      const [oldest] = failures.keys()
      if (failures.size > most && oldest !== undefined) failures.delete(oldest)
      return before !== undefined && newestDelivered > before
    }
  }
}
