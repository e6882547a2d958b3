import { Refusal } from "../../../../src/decode/ReceiveContext.ts"
import { type TypedEvent, typedEvent } from "../../../../src/decode/typedEvent.ts"
import type { Decision } from "../../../../src/domain/Decision.ts"
import type { CalledRule, RuleSet } from "../../../../src/domain/Rule.ts"
import { inOneGo } from "../../../../src/logic/steps.ts"
import { type AllMatches, allMatches } from "../../../../src/matching/allMatches.ts"
import { compileRule, mismatch, type RuleProblem } from "../../../../src/matching/CompiledRule.ts"
import { buildPolicy, type Policy } from "../../../../src/matching/Policy.ts"

/** What a page asks: the rules once, then event after event, each with the rule as it is typed now. */
export type TrialRequest =
  | { readonly is: "rules"; readonly ruleSet: RuleSet }
  | {
    readonly is: "event"
    readonly id: number
    /** Takes the place of the saved rule of its number. Absent: the saved rules decide. */
    readonly draft: CalledRule | undefined
    readonly event: TypedEvent
    /** Epoch milliseconds. */
    readonly at: number
  }
  | {
    readonly is: "mark"
    readonly id: number
    readonly draft: CalledRule
    readonly events: ReadonlyArray<{ readonly key: string; readonly event: TypedEvent }>
    readonly at: number
  }

/** What a draft has to do with an event: it decides, it matches behind another rule or while it is off, or nothing. */
export type DraftMark = "decides" | "matches" | "none"

interface Named {
  readonly id: number
  readonly name: string
  readonly priority: number
}

/** What became of a typed event. */
export interface Trial {
  readonly decision: Decision
  readonly rule: Named | undefined
  /** Other rules that match as well, in their order; the first 20. */
  readonly also: ReadonlyArray<Named>
  readonly alsoOmitted: number
  /** What of the draft, if there is one. */
  readonly draft: "decides" | { readonly problem: string } | { readonly against: string } | undefined
  /** The event as it was read. */
  readonly saw: { readonly hostname: string; readonly message: string; readonly tag: string | undefined }
}

export type TrialAnswer =
  & { readonly id: number }
  & (
    | { readonly trial: Trial }
    | { readonly refused: string }
    | { readonly marks: ReadonlyArray<readonly [key: string, mark: DraftMark]> }
  )

const mostAlso = 20
const noRules: RuleSet = { version: 0, rules: [], developmentHosts: [], deviceTeams: [] }
const named = ({ id, name, priority }: CalledRule): Named => ({ id, name: name ?? `rule-${id}`, priority })
const columns = { matchString: "The text", trapOid: "The trap OID" } as const
const problemOf = ({ field, message }: RuleProblem): string => `${columns[field]} ${message}.`

/** Decides typed events by the saved rules and a draft, with the code that the alerter decides with. */
export class RuleTrial {
  private ruleSet = noRules
  private policy: { readonly draft: string; readonly policy: Policy } | undefined
  private matches: AllMatches | undefined

  learn(ruleSet: RuleSet): void {
    this.ruleSet = ruleSet
    this.policy = undefined
    this.matches = undefined
  }

  try(draft: CalledRule | undefined, typed: TypedEvent, at: number): Trial | string {
    const event = typedEvent(typed, at)
    if (event instanceof Refusal) return event.detail
    const decision = this.policyWith(draft).decide(event)
    const rule = decision.ruleId === draft?.id ? draft : this.ruleSet.rules.find(({ id }) => id === decision.ruleId)
    this.matches ??= inOneGo(allMatches(this.ruleSet.rules))
    const { of, rules } = this.matches
    const also = of(event).flatMap((at): ReadonlyArray<CalledRule> => {
      const one = rules[at]
      return one === undefined || one.id === draft?.id || one.id === rule?.id ? [] : [one]
    })
    return {
      decision,
      rule: rule === undefined ? undefined : named(rule),
      also: also.slice(0, mostAlso).map(named),
      alsoOmitted: Math.max(0, also.length - mostAlso),
      draft: draft === undefined ? undefined : this.judge(draft, decision, event),
      saw: { hostname: event.hostname, message: event.message, tag: event.tag }
    }
  }

  /** Of each event, what the draft has to do with it; why a draft can't be used at all. */
  mark(
    draft: CalledRule,
    events: ReadonlyArray<{ readonly key: string; readonly event: TypedEvent }>,
    at: number
  ): ReadonlyArray<readonly [key: string, mark: DraftMark]> | string {
    const compiled = compileRule(draft)
    if ("field" in compiled) return problemOf(compiled)
    const { decide } = this.policyWith(draft)
    return events.map(({ event: typed, key }): readonly [string, DraftMark] => {
      const event = typedEvent(typed, at)
      if (event instanceof Refusal) return [key, "none"]
      if (decide(event).ruleId === draft.id) return [key, "decides"]
      return [key, mismatch(compiled, event) === undefined ? "matches" : "none"]
    })
  }

  private judge(draft: CalledRule, decision: Decision, event: Parameters<typeof mismatch>[1]): Trial["draft"] {
    const compiled = compileRule(draft)
    if ("field" in compiled) return { problem: problemOf(compiled) }
    if (decision.ruleId === draft.id) return "decides"
    const against = mismatch(compiled, event)
    if (against !== undefined) return { against: `${against}.` }
    return { against: draft.isActive ? "It matches, but another rule comes before it." : "It matches, but it is off." }
  }

  private policyWith(draft: CalledRule | undefined): Policy {
    const text = JSON.stringify(draft) ?? ""
    if (this.policy?.draft === text) return this.policy.policy
    const rules = draft === undefined
      ? this.ruleSet.rules
      : [...this.ruleSet.rules.filter(({ id }) => id !== draft.id), draft]
    const policy = inOneGo(buildPolicy({ ...this.ruleSet, rules }, this.policy?.policy))
    this.policy = { draft: text, policy }
    return policy
  }
}
