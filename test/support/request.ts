import { Effect, Schedule } from "effect"

/**
 * A request that may be sent again, as it reads or sets the same once more. A server may close a connection that waits
 * at the moment a request goes out on it, mostly on a busy machine.
 */
export const request = (url: string, init?: RequestInit) =>
  Effect.tryPromise((signal) => fetch(url, { ...init, signal })).pipe(
    Effect.retry({ times: 5, schedule: Schedule.spaced("100 millis") })
  )
