import type { RuleView } from "../../../../../src/api/web-ui/Rules.ts"
import { ask } from "../../api/client.ts"
import { rememberReason } from "../../parts/Reason.tsx"
import { notify } from "../../shell/Notices.tsx"
import { fieldsOf, type RuleFields, textOf } from "./ruleForm.ts"
import { takeBackTo } from "./ruleSetChanges.ts"
import { readRulesAgain } from "./useRules.ts"

/** Why, and whether an admin stores it although lint or tests refuse it. */
export interface Why {
  readonly reason: string
  readonly force: boolean
}

const said = ({ force, reason }: Why) => ({
  ...(reason.trim() === "" ? {} : { reason: reason.trim() }),
  ...(force ? { force: true } : {})
})

const seen = ({ version }: RuleView) => ({ headers: { "if-match": `"${version}"` } })

/** How long a saved rule waits to be seen in the list before it is told of. */
const shownMs = 2_000

const done = async (text: string, undo: () => Promise<unknown>, why?: Why) => {
  if (why !== undefined) rememberReason(why.reason)
  await Promise.race([readRulesAgain(), new Promise((resolve) => setTimeout(resolve, shownMs))])
  notify(text, {
    undo: async () => {
      await undo()
      await readRulesAgain()
    }
  })
}

const takenBack = { reason: "Taken back in the console." }

const change = (rule: RuleView, fields: Partial<RuleFields>, why: Why) =>
  ask((api) => api.rules.update({ params: { id: rule.id }, ...seen(rule), payload: { ...fields, ...said(why) } }))

/** Adds a rule, or changes `base`, if nobody changed it since. */
export const saveRule = async (base: RuleView | null, fields: RuleFields, why: Why): Promise<RuleView> => {
  if (base === null) {
    const { rule } = await ask((api) => api.rules.create({ headers: {}, payload: { ...fields, ...said(why) } }))
    await done(
      `Rule ${rule.name} is added.`,
      () => ask((api) => api.rules.remove({ params: { id: rule.id }, ...seen(rule), payload: takenBack })),
      why
    )
    return rule
  }
  const { rule } = await change(base, fields, why)
  await done(
    `Rule ${rule.name} is saved.`,
    () => change(rule, fieldsOf(base), { ...takenBack, force: false }),
    why
  )
  return rule
}

export const deleteRule = async (rule: RuleView): Promise<void> => {
  await ask((api) => api.rules.remove({ params: { id: rule.id }, ...seen(rule), payload: null }))
  await done(
    `Rule ${rule.name} is deleted.`,
    () => ask((api) => api.rules.restore({ params: { id: rule.id }, headers: {}, payload: takenBack }))
  )
}

/** Brings a deleted rule back with its number, as it was at some time. */
export const bringBack = async (was: RuleView, reason: string): Promise<void> => {
  const why = { reason, force: false }
  const { rule } = await ask((api) => api.rules.restore({ params: { id: was.id }, headers: {}, payload: said(why) }))
  const isAsThen = textOf(fieldsOf(rule)) === textOf(fieldsOf(was))
  const back = isAsThen ? rule : (await change(rule, fieldsOf(was), why)).rule
  await done(
    `Rule ${back.name} is back.`,
    () => ask((api) => api.rules.remove({ params: { id: back.id }, ...seen(back), payload: takenBack })),
    why
  )
}

/** Gives rules other priorities: one by itself, several as one version. */
export const reorder = async (
  rules: ReadonlyArray<RuleView>,
  priorities: ReadonlyMap<number, number>,
  moved: RuleView
): Promise<void> => {
  const text = `Rule ${moved.name} is moved.`
  const [[id, priority] = [undefined, 0]] = priorities
  const alone = priorities.size === 1 ? rules.find((rule) => rule.id === id) : undefined
  const why = { reason: `Moved ${moved.name}.`, force: false }
  if (alone !== undefined) {
    const { rule } = await change(alone, { priority }, why)
    return done(text, () => change(rule, { priority: alone.priority }, { ...takenBack, force: false }))
  }
  const seenVersion = await ask((api) => api.rulesAtWork.instances())
  const wanted = rules.map((rule) => ({ ...fieldsOf(rule), priority: priorities.get(rule.id) ?? rule.priority }))
  const { version } = await ask((api) =>
    api.ruleVersions.apply({
      headers: {},
      payload: { rules: wanted, reason: why.reason, if_version: seenVersion.version }
    })
  )
  await done(text, () => takeBackTo(seenVersion.version, version))
}
