export interface Choosable {
  readonly key: string
  /** Leads the row, and is always shown. */
  readonly first?: boolean
}

/** What every address may say of the columns: their keys with commas between, whatever the page. */
export const columnsIn = (search: unknown): string | undefined =>
  typeof search === "object" && search !== null && "cols" in search && typeof search.cols === "string"
    ? search.cols
    : undefined

const known = (all: ReadonlyArray<Choosable>, text: string | undefined): ReadonlyArray<string> => {
  const wanted = new Set(text?.split(","))
  return all.filter(({ key }) => wanted.has(key)).map(({ key }) => key)
}

/**
 * Keys of the columns to show, in the order of the list. An address that knows none of them, as that of another list, is
 * as if it said nothing.
 */
export const chosenKeys = (
  all: ReadonlyArray<Choosable>,
  address: string | undefined,
  kept: string
): ReadonlyArray<string> => {
  const said = known(all, address)
  const wanted = said.length > 0 ? said : known(all, kept)
  return all.filter(({ first, key }) => first === true || wanted.includes(key)).map(({ key }) => key)
}
