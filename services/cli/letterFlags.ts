import { Effect, Option } from "effect"
import { Flag } from "effect/cli"
import type { LetterFilter, LetterGroups } from "../../src/api/web-ui/DeadLetterFilters.ts"
import type { DeadLetterQueue } from "../../src/domain/DeadLetter.ts"
import type { Api } from "./api.ts"
import { since, timeGiven, until } from "./timeFlags.ts"

/** The flags that say which dead letters are meant. `--reason` is why somebody changes something, in all commands. */
export const letterFlags = {
  cause: Flag.String("cause").pipe(
    Flag.optional,
    Flag.withDescription("Only those with this reason, such as decoder_failed")
  ),
  host: Flag.String("host").pipe(
    Flag.optional,
    Flag.withDescription("Only those of this host; quarantined records of this peer or sender")
  ),
  since,
  until,
  text: Flag.String("text").pipe(
    Flag.optional,
    Flag.withDescription("Only those with this in the detail or the record")
  )
}

export interface LettersGiven {
  readonly cause: Option.Option<string>
  readonly host: Option.Option<string>
  readonly since: Option.Option<string>
  readonly until: Option.Option<string>
  readonly text: Option.Option<string>
}

export const filterOf = Effect.fnUntraced(function*({ cause, host, since, text, until }: LettersGiven) {
  const from = yield* timeGiven("since", since)
  const to = yield* timeGiven("until", until)
  const filter: LetterFilter = {
    ...Option.match(cause, { onNone: () => ({}), onSome: (reason) => ({ reason }) }),
    ...Option.match(host, { onNone: () => ({}), onSome: (host) => ({ host }) }),
    ...Option.match(text, { onNone: () => ({}), onSome: (text) => ({ text }) }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to })
  }
  return filter
})

type Group = LetterGroups["groups"][number]

/** All groups, the largest first. The API looks at so many letters a request, so the same group may come again. */
export const allGroups = Effect.fnUntraced(
  function*({ deadLetters }: Api, queue: DeadLetterQueue, { after: _after, up_to: _upTo, ...query }: LetterFilter) {
    const groups = new Map<string, Group>()
    let newest: string | null = null
    let total = 0
    for (let before: { before?: string } | undefined = {}; before !== undefined;) {
      const found: LetterGroups = yield* deadLetters.groups({ params: { queue }, query: { ...query, ...before } })
      newest ??= found.newest
      total += found.total
      for (const group of found.groups) {
        const key = `${group.reason} ${group.detail_masked}`
        const known = groups.get(key)
        groups.set(
          key,
          known === undefined ? group : { ...known, count: known.count + group.count, oldest: group.oldest }
        )
      }
      before = found.next_before === undefined ? undefined : { before: found.next_before }
    }
    return { groups: [...groups.values()].sort((a, b) => b.count - a.count), total, newest }
  }
)
