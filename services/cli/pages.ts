import { Effect } from "effect"

interface Page<Item> {
  readonly items: ReadonlyArray<Item>
  readonly next: string | undefined
}

/** Reads pages until there are `most` items, or no more. A page may hold fewer than asked: it is bounded in bytes. */
export const allPages = Effect.fnUntraced(function*<Item, E, R>(
  most: number,
  page: (query: { readonly cursor?: string }, left: number) => Effect.Effect<Page<Item>, E, R>
) {
  const items: Array<Item> = []
  let cursor: string | undefined
  do {
    const found = yield* page(cursor === undefined ? {} : { cursor }, most - items.length)
    items.push(...found.items)
    cursor = found.next
  } while (cursor !== undefined && items.length < most)
  return items
})
