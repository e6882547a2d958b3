import type { RoleRefused, TooManyFailures } from "./Authentication.ts"
import { problem } from "./problem.ts"

export const keyRefused = problem({
  status: 401,
  _tag: "KeyRefused",
  detail: "Send a valid key as X-API-KEY or as Authorization: Bearer.",
  headers: { "www-authenticate": "Bearer realm=\"mutt\"" }
})

export const tooManyFailures = ({ retryAfterSeconds }: TooManyFailures) =>
  problem({
    status: 429,
    _tag: "TooManyFailures",
    detail: "Too many requests without a good key came from this address. One with a good key is served at once.",
    headers: { "retry-after": String(retryAfterSeconds) }
  })

export const roleRefusedDetail = ({ caller, needs }: RoleRefused): string =>
  `The key ${caller} may not do this: it needs the role ${needs}.`

export const roleRefused = (error: RoleRefused) =>
  problem({ status: 403, _tag: "RoleRefused", detail: roleRefusedDetail(error) })
