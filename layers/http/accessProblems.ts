import type { KeyRefused, RoleRefused, TooManyFailures } from "./Authentication.ts"
import { problem } from "./problem.ts"

const keyRefused = problem({
  status: 401,
  _tag: "KeyRefused",
  detail: "Send a valid key as X-API-KEY or as Authorization: Bearer.",
  headers: { "www-authenticate": "Bearer realm=\"mutt\"" }
})

export const roleRefusedDetail = ({ caller, needs }: RoleRefused): string =>
  `The key ${caller} may not do this: it needs the role ${needs}.`

/** The answer to a request whose key was refused, or whose role. */
export const accessProblem = (error: KeyRefused | TooManyFailures | RoleRefused) => {
  if (error._tag === "KeyRefused") return keyRefused
  if (error._tag === "RoleRefused") return problem({ status: 403, _tag: error._tag, detail: roleRefusedDetail(error) })
  return problem({
    status: 429,
    _tag: error._tag,
    detail: "Too many requests without a good key came from this address. One with a good key is served at once.",
    headers: { "retry-after": String(error.retryAfterSeconds) }
  })
}
