import { Effect } from "effect"

interface Cursor {
  readonly cursor?: string
}

/** Reads page after page until there is none. */
export const allOf = Effect.fnUntraced(function*<Item, E>(
  page: (query: Cursor) => Effect.Effect<{ readonly items: ReadonlyArray<Item>; readonly next?: string }, E>
) {
  const items: Array<Item> = []
  let query: Cursor | undefined = {}
  while (query !== undefined) {
    const found: { readonly items: ReadonlyArray<Item>; readonly next?: string } = yield* page(query)
    items.push(...found.items)
    query = found.next === undefined ? undefined : { cursor: found.next }
  }
  return items
})

/** Where the next page begins, as `allOf` wants it said. */
export const next = (more: { readonly next_cursor: string } | undefined) =>
  more === undefined ? {} : { next: more.next_cursor }
