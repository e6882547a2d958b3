import type { Post } from "../../stack/postLog.ts"
import { findToken, type Posting } from "./Ledger.ts"
import { type Act, type Plan, replicas } from "./Plan.ts"
import { concurrency, impatience } from "./setUp.ts"

/** What the posts to the platform show beside what it keeps. */
export interface Deliveries {
  /** Posts of alerts about which the platform had given its last word before, which had gone out in time. */
  readonly repeats: number
  /** How many of them docs/ARCHITECTURE.md allows. */
  readonly allowed: number
  /** Alerts of senders that waited for each answer, and how many came after a later one. */
  readonly inOrder: { readonly alerts: number; readonly late: number }
  readonly problems: ReadonlyArray<string>
}

/**
 * How many forwarders may be away for longer than their claims hold. While Redis is, on a busy machine, all of them
 * are.
 */
const forwardersLost = ({ fault }: Act): number =>
  fault._tag === "killRedis"
    ? replicas
    : (fault._tag === "kill" || fault._tag === "freeze" || fault._tag === "cut") && fault.program === "moog-forwarder"
    ? 1
    : 0

/**
 * What forwarders that were lost may have delivered and not settled. On a busy machine one may fall silent for that
 * long unasked.
 */
const allowedBy = ({ acts }: Plan): number => 5 * concurrency * acts.reduce((sum, act) => sum + forwardersLost(act), 1)

/** Taken, or refused for ever, in the time for which a forwarder waits. */
const isLastWord = ({ answerMs, status }: Post) =>
  (status < 300 || status === 422) && answerMs !== null && answerMs < Number(impatience.MOOG_WEBHOOK_TIMEOUT) * 1_000

const countRepeats = (posts: ReadonlyArray<Post>): number => {
  const heard = new Set<string>()
  let repeats = 0
  for (const post of posts) {
    if (heard.has(post.id)) repeats++
    if (isLastWord(post)) heard.add(post.id)
  }
  return repeats
}

/** A later one was posted when an earlier one had been answered. What was not answered may have come at any time. */
const countLate = (tokens: ReadonlyArray<string>): number => {
  let newest = ""
  let late = 0
  for (const token of tokens) {
    if (token < newest) late++
    else newest = token
  }
  return late
}

export const judgeDeliveries = (plan: Plan, posted: ReadonlyArray<Posting>, all: ReadonlyArray<Post>): Deliveries => {
  const kinds = new Map(posted.map((posting) => [posting.token, posting]))
  const posts = all.flatMap((post) => {
    const posting = kinds.get(findToken(post.description) ?? "")
    return posting === undefined ? [] : [{ ...post, posting }]
  })
  const ids = Map.groupBy(posts, ({ posting }) => posting.token)
  const severalIds = [...ids].filter(([, those]) => new Set(those.map(({ id }) => id)).size > 1)
  const repeats = countRepeats(posts)
  const allowed = allowedBy(plan)

  const seen = new Set<string>()
  const first = posts.filter(({ id, status }) => status < 300 && !seen.has(id) && seen.add(id))
  const chained = first.filter(({ posting }) => posting.chain !== undefined && posting.accepted)
  const chains = [...Map.groupBy(chained, ({ signature }) => signature).values()]
  const late = chains.map((those) => countLate(those.map(({ posting }) => posting.token))).reduce((a, b) => a + b, 0)
  return {
    repeats,
    allowed,
    inOrder: { alerts: chained.length, late },
    problems: [
      ...severalIds.map(([token]) => `event ${token} was posted under several ids`),
      ...(repeats > allowed ? [`${repeats} alerts were posted again after their answer, and ${allowed} may be`] : []),
      ...(plan.alerters === 1 && late > 0
        ? [`${late} of ${chained.length} alerts came out of order with one alerter`]
        : [])
    ]
  }
}
