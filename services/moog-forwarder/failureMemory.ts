/** Alerts that are remembered; the one that failed longest ago makes room. */
const most = 10_000

/** Tells an alert that the platform refuses from a platform that takes none, by the order in which this forwarder sent and heard. */
export interface FailureMemory {
  /** Its turn, for an alert that is about to be sent. */
  readonly sending: () => number
  readonly delivered: (id: string, turn: number) => void
  /** Notes a failure. Did the platform take an alert that was sent after this one had failed here before? */
  readonly failed: (id: string) => boolean
}

/**
 * A first failure says nothing of the alert: those that got through beside it may have been sent before the platform went away. Turns are counted
 * and not timed, since another forwarder's clock, or ours after it was set, says nothing of what came first.
 */
export const makeFailureMemory = (): FailureMemory => {
  const failures = new Map<string, number>()
  let turns = 0
  let newestDelivered = 0
  return {
    sending: () => ++turns,
    delivered: (id, turn) => {
      if (turn > newestDelivered) newestDelivered = turn
      if (failures.size > 0) failures.delete(id)
    },
    failed: (id) => {
      const before = failures.get(id)
      failures.delete(id)
      failures.set(id, turns)
      const [oldest] = failures.keys()
      if (failures.size > most && oldest !== undefined) failures.delete(oldest)
      return before !== undefined && newestDelivered > before
    }
  }
}
