import { ask } from "../api/client.ts"
import { keepPersonalViews, type PersonalView, personalViews, withoutView, withView } from "../api/personalViews.ts"
import { queries } from "../api/query.ts"
import { notify } from "./Notices.tsx"

const again = () => queries.invalidateQueries({ queryKey: ["views"] })

const put = ({ name, page, query }: PersonalView) =>
  ask((api) => api.savedViews.save({ params: { name }, payload: { page, query } })).then(again)
const take = (name: string) => ask((api) => api.savedViews.remove({ params: { name }, payload: null })).then(again)

/** `before`: the shared view of that name, whose place it takes when it is of the same page. */
export const saveShared = async (view: PersonalView, before: PersonalView | undefined): Promise<void> => {
  if (before !== undefined && before.page !== view.page) {
    notify(`Not saved: a view of the page ${before.page} has that name.`, { tone: "err" })
    return
  }
  await put(view)
  notify(`The view ${view.name} is there for all.`, {
    undo: () => before === undefined ? take(view.name) : put(before)
  })
}

export const removeShared = async (view: PersonalView): Promise<void> => {
  await take(view.name)
  notify(`The shared view ${view.name} is removed.`, { undo: () => put(view) })
}

/** Puts back what was there before. */
const restore = (views: ReadonlyArray<PersonalView>) => ({ undo: () => Promise.resolve(keepPersonalViews(views)) })

/** `false`: this browser keeps as many as it may. */
export const savePersonal = (view: PersonalView): boolean => {
  const before = personalViews()
  const next = withView(before, view)
  if (next === undefined) {
    notify("Not saved: this browser keeps as many views as it may. Remove one.", { tone: "err" })
    return false
  }
  keepPersonalViews(next)
  notify(`The view ${view.name} is kept in this browser.`, restore(before))
  return true
}

export const forgetPersonal = (page: string, name: string): void => {
  const before = personalViews()
  keepPersonalViews(withoutView(before, { page, name }))
  notify(`The view ${name} is removed.`, restore(before))
}
