import type { KeyRefused, RoleRefused, StepUpNeeded, TooManyFailures } from "./Authentication.ts"
import { problem } from "./problem.ts"

const keyRefusedFor = (more: string) =>
  problem({
    status: 401,
    _tag: "KeyRefused",
    detail: `Send a valid key as X-API-KEY or as Authorization: Bearer.${more}`,
    headers: { "www-authenticate": "Bearer realm=\"mutt\"" }
  })

const keyRefused = keyRefusedFor("")

export const roleRefusedDetail = ({ caller, needs }: RoleRefused): string =>
  `The key ${caller} may not do this: it needs the role ${needs}.`

const stepUpDetail = "The login has not shown its key for 15 minutes: show it again, and send the change again."

/** The answer to a request whose key was refused, or whose role. `more` says what was wrong with another way in. */
export const accessProblem = (
  error: KeyRefused | TooManyFailures | RoleRefused | StepUpNeeded,
  more: string | undefined = error._tag === "KeyRefused" ? error.detail : undefined
) => {
  if (error._tag === "KeyRefused") return more === undefined ? keyRefused : keyRefusedFor(` ${more}`)
  if (error._tag === "RoleRefused") return problem({ status: 403, _tag: error._tag, detail: roleRefusedDetail(error) })
  if (error._tag === "StepUpNeeded") return problem({ status: 403, _tag: error._tag, detail: stepUpDetail })
  return problem({
    status: 429,
    _tag: error._tag,
    detail: "Too many requests without a good key came from this address. One with a good key is served at once.",
    headers: { "retry-after": String(error.retryAfterSeconds) }
  })
}
