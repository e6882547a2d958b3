import { Context, Effect, Layer, Semaphore } from "effect"
import {
  type JudgedRequest,
  RuleRepository,
  type RuleRepositoryUnavailable,
  RulesMoved
} from "../../../layers/rules/RuleRepository.ts"
import type { CurrentCaller } from "../../../src/api/shared/Access.ts"
import type { Invalid, RoleRefused, Unavailable } from "../../../src/api/shared/Problems.ts"
import type { ConditionMissing } from "../../../src/api/web-ui/Settings.ts"
import type { LintFailed, TestsFailed } from "../../../src/domain/RuleProblems.ts"
import type { StoredRuleSet } from "../../../src/domain/RuleSetFile.ts"
import { type VersionSeen, type VersionStale, versionStale } from "../../../src/domain/SettingProblems.ts"
import { changeRequest } from "../http/conditions.ts"
import { orUnavailable, unavailable } from "../http/unavailable.ts"
import { dbQueryTimed } from "../metrics.ts"
import { judgeEdit, type WantedRuleSet } from "./judgeRuleFile.ts"
import { mayForce, refuse } from "./refusals.ts"

/** One change of a rule, or of hosts and teams. */
interface Edit<A, E, E2> {
  /** What all would be after it; also what of it is impossible. `seen`: which version the caller saw. */
  readonly after: (there: StoredRuleSet, seen: VersionSeen) => Effect.Effect<WantedRuleSet, E>
  /** Also gets what was there, and all that was judged. */
  readonly write: (
    request: JudgedRequest & VersionSeen,
    there: StoredRuleSet,
    wanted: WantedRuleSet
  ) => Effect.Effect<A, E2 | RulesMoved>
}

interface Headers {
  readonly "if-match"?: string
  readonly prefer?: string
}
type Payload = { readonly reason?: string | null; readonly force?: boolean } | null

type Refused =
  | Invalid
  | RoleRefused
  | LintFailed
  | TestsFailed
  | ConditionMissing
  | Unavailable
  | RuleRepositoryUnavailable

/** How often an edit is judged anew, because somebody else's came between. */
const retries = 10

/**
 * Makes single edits that lint and the stored tests let pass, as they do with a whole file. What was judged is what is
 * stored: an edit that comes between has the next one judged again.
 */
export class JudgedEdits extends Context.Service<JudgedEdits, {
  readonly edit: <A, E, E2>(
    headers: Headers,
    payload: Payload,
    edit: Edit<A, E, E2>
  ) => Effect.Effect<A, E | E2 | Refused, CurrentCaller>
}>()("mutt/services/web-ui/rules/JudgedEdits") {
  static readonly layer = Layer.effect(
    JudgedEdits,
    Effect.gen(function*() {
      const store = yield* RuleRepository
      // Edits of this process are judged one after the other, so that they do not have each other judged again.
      const one = Semaphore.makeUnsafe(1).withPermits(1)

      const once = Effect.fnUntraced(function*<A, E, E2>(
        { after, write }: Edit<A, E, E2>,
        request: JudgedRequest & VersionSeen,
        forced: boolean
      ) {
        const there = yield* store.ruleSet.pipe(dbQueryTimed("get_rule_set"), orUnavailable("rules"))
        const wanted = yield* after(there, request)
        const decides = wanted.rules !== there.rules || there.tests.length > 0
        if (!forced && decides) yield* refuse(yield* judgeEdit(there, wanted))
        return yield* write({ ...request, judgedAt: there.version }, there, wanted)
      })

      return JudgedEdits.of({
        edit: Effect.fnUntraced(function*(headers, payload, edit) {
          const request = yield* changeRequest(headers, payload)
          const forced = payload?.force === true
          if (forced) yield* mayForce(payload)
          return yield* one(Effect.retry(once(edit, request, forced), { times: retries, while: isMoved })).pipe(
            Effect.catchIf(
              isMoved,
              ({ _tag }) =>
                unavailable("rules")({ _tag, detail: "others change them all the time", outcome: "unchanged" })
            )
          )
        })
      })
    })
  )
}

const isMoved = <E>(error: E | RulesMoved): error is RulesMoved => error instanceof RulesMoved

/** Refuses a change of hosts or teams, or a new rule, by who saw another version of all than there is. */
export const wholeSeen = (
  { version }: StoredRuleSet,
  seen: VersionSeen
): Effect.Effect<void, VersionStale> => {
  const stale = versionStale(seen, { epoch: "", version, newest: version })
  return stale === undefined ? Effect.void : Effect.fail(stale)
}
