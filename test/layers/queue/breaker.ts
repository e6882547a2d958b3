import { type Breaker, closedBreaker } from "./QueueState.ts"

/** What one delivery says about the platform. `neither`: nothing. */
export type Answer = "success" | "failure" | "neither"

/** Moves the breaker after an answer. While it is open only the probe's counts. */
export const afterAnswer = (
  breaker: Breaker,
  answer: Answer,
  lease: string,
  threshold: number,
  now: number
): Breaker => {
  const failures = breaker.failures + 1
  const opened: Breaker = { state: "open", failures, since: now, probe: undefined }
  if (breaker.state === "closed") {
    if (answer === "success") return closedBreaker
    if (answer === "neither") return breaker
    return failures >= threshold ? opened : { ...breaker, failures }
  }
  if (breaker.state === "open" || breaker.probe?.lease !== lease) return breaker
  return answer === "success" ? closedBreaker : answer === "failure" ? opened : { ...breaker, probe: undefined }
}

/** Returns milliseconds until the breaker lets an alert through; zero or less when it does. */
export const breakerWait = (breaker: Breaker, timeoutMs: number, now: number): number => {
  switch (breaker.state) {
    case "closed":
      return 0
    case "open":
      return breaker.since + timeoutMs - now
    case "half_open":
      return (breaker.probe?.ends ?? now) - now
  }
}
