import { Option, Schema } from "effect"
import { viewLimits } from "../../../../src/domain/SavedView.ts"
import { keep, kept } from "./kept.ts"

const place = "views"
/** A browser keeps some megabytes for all of us. */
const most = 200

/** What somebody asks of a page, under a name that only this browser knows. */
const PersonalView = Schema.Struct({
  name: Schema.String.check(Schema.isMaxCodePoints(viewLimits.name)),
  page: Schema.String,
  query: Schema.String.check(Schema.isMaxCodePoints(viewLimits.query))
})
export type PersonalView = typeof PersonalView.Type

const decode = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Array(PersonalView)))

/** Reads what this browser keeps; what an older console left otherwise counts as nothing. */
export const parseViews = (text: string | undefined): ReadonlyArray<PersonalView> =>
  Option.getOrElse(decode(text), () => [])

/** The view in the place of one of the same name on its page, in the order of names; `undefined`: there are too many. */
export const withView = (
  views: ReadonlyArray<PersonalView>,
  view: PersonalView
): ReadonlyArray<PersonalView> | undefined => {
  const next = [...withoutView(views, view), view].sort((a, b) => a.name < b.name ? -1 : 1)
  return next.length > most ? undefined : next
}

export const withoutView = (
  views: ReadonlyArray<PersonalView>,
  { name, page }: Pick<PersonalView, "name" | "page">
): ReadonlyArray<PersonalView> => views.filter((one) => one.page !== page || one.name !== name)

export const personalViews = (): ReadonlyArray<PersonalView> => parseViews(kept(place))

export const keepPersonalViews = (views: ReadonlyArray<PersonalView>): void =>
  keep(place, views.length === 0 ? undefined : JSON.stringify(views))

/** As `kept` names them, for `useKept`. */
export const personalPlace = place
