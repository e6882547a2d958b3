import type { FailureLimits } from "../../src/logic/FailureLimiter.ts"
import { between, setting, type ValuesOf } from "./setting.ts"

/** How failed attempts with a key are slowed down. */
export const defaultFailureLimits: FailureLimits = { free: 20, forgivenMs: 3_000, longestMs: 300_000, peers: 10_000 }

export const authSettings = {
  authFree: setting("AUTH_FREE_FAILURES", between(1, 1_000_000), defaultFailureLimits.free),
  authForgivenSeconds: setting("AUTH_FORGIVEN_SECONDS", between(1, 3_600), defaultFailureLimits.forgivenMs / 1_000),
  authLongestSeconds: setting("AUTH_LONGEST_WAIT_SECONDS", between(1, 86_400), defaultFailureLimits.longestMs / 1_000),
  authPeers: setting("AUTH_MAX_PEERS", between(100, 1_000_000), defaultFailureLimits.peers)
}

export const failureLimits = (values: ValuesOf<typeof authSettings>): FailureLimits => ({
  free: values.authFree,
  forgivenMs: values.authForgivenSeconds * 1_000,
  longestMs: values.authLongestSeconds * 1_000,
  peers: values.authPeers
})
