import type { FailureLimits } from "../../src/logic/FailureLimiter.ts"
import { between, inMillis, setting } from "./setting.ts"

/** How failed attempts with a key are slowed down. */
export const defaultFailureLimits: FailureLimits = { free: 20, forgivenMs: 3_000, longestMs: 300_000, peers: 10_000 }

export const authSettings = {
  free: setting("AUTH_FREE_FAILURES", between(1, 1_000_000), defaultFailureLimits.free),
  forgivenMs: inMillis(setting("AUTH_FORGIVEN_SECONDS", between(1, 3_600), defaultFailureLimits.forgivenMs / 1_000)),
  longestMs: inMillis(setting("AUTH_LONGEST_WAIT_SECONDS", between(1, 86_400), defaultFailureLimits.longestMs / 1_000)),
  peers: setting("AUTH_MAX_PEERS", between(100, 1_000_000), defaultFailureLimits.peers)
}
