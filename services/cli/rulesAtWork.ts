import { Clock, DateTime, Effect } from "effect"
import { Argument, Flag } from "effect/cli"
import type { RuleStatsItem } from "../../src/api/web-ui/RulesAtWork.ts"
import { readDuration } from "../../src/rulefile/testTime.ts"
import { counted } from "../../src/rulefile/words.ts"
import { apiCommand, CommandFailed } from "./api.ts"
import { because, ifMatch, ifVersion, reason } from "./change.ts"
import { answer, table } from "./output.ts"
import { allPages } from "./pages.ts"

const since = Flag.String("since").pipe(
  Flag.withDefault("24h"),
  Flag.withDescription("Hits of so long, such as 24h or 30d, or since a time (RFC 3339); whole hours")
)
const unused = Flag.Boolean("unused").pipe(
  Flag.withDefault(false),
  Flag.withDescription("Only active rules that decided nothing since then")
)

const stats = apiCommand(
  "stats",
  "How often each rule decided, which never did, and which never can",
  { since, unused },
  function*(api, at, json) {
    const ago = readDuration(at.since)
    const from = ago === undefined
      ? at.since
      : DateTime.formatIso(DateTime.makeUnsafe((yield* Clock.currentTimeMillis) - ago))
    let head = { since: from, counted_since: null as string | null }
    const all = yield* allPages(
      Number.POSITIVE_INFINITY,
      (query) =>
        Effect.map(api.rulesAtWork.stats({ query: { ...query, since: from } }), (found) => {
          head = { since: found.since, counted_since: found.counted_since }
          return { items: found.rules, next: found.pagination?.next_cursor }
        })
    ).pipe(
      Effect.catchTag(
        "SchemaError",
        () =>
          new CommandFailed({
            message: "--since is a length of time such as 24h, or a time such as 2026-08-22T10:00:00Z."
          })
      )
    )
    const rules = at.unused ? all.filter((one) => one.is_active && one.forwarded + one.suppressed === 0) : all
    const known = head.counted_since === null
      ? "No hit was counted yet."
      : `Hits since ${head.since}; they are counted since ${head.counted_since}, and not exact.`
    yield* answer(json, { ...head, rules }, [
      ...table(["rule", "forwarded", "suppressed", "last hit", ""], rules.map(row)),
      `${counted(rules.length, "rule")}. ${known}`
    ])
  }
)

const row = (one: RuleStatsItem): ReadonlyArray<string> => [
  one.name,
  String(one.forwarded),
  String(one.suppressed),
  one.last_hit ?? "never",
  [
    ...(one.is_active ? [] : ["inactive"]),
    ...(one.shadowed_by === null ? [] : [`shadowed by ${one.shadowed_by}`])
  ].join(", ")
]

const instances = apiCommand(
  "instances",
  "Which alerter decides by which version of the rules",
  {},
  function*(api, _, json) {
    const found = yield* api.rulesAtWork.instances()
    const rows = found.instances.map((one) => [
      one.instance,
      one.version === null ? "none" : String(one.version),
      one.since,
      `${Math.round(one.ms)}`,
      String(one.rules),
      String(one.unusable),
      one.time_zone_data,
      one.reason ?? ""
    ])
    yield* answer(json, found, [
      ...table(["alerter", "version", "since", "ms", "rules", "unusable", "time zones", ""], rows),
      `The newest version is ${found.version}; ${
        found.followed ? "every alerter decides by it." : "not every alerter decides by it."
      }`,
      ...(found.same_time_zones ? [] : [
        `Time zone data differs (web-ui: ${found.time_zone_data}): schedules of silences may begin at different times.`
      ])
    ])
  }
)

const undelete = apiCommand(
  "undelete",
  "Bring back a rule that was deleted, with its number",
  { rule: Argument.Int("rule"), ifVersion, reason },
  function*(api, at, json) {
    const restored = yield* api.rules.restore({
      params: { id: at.rule },
      headers: ifMatch(at.ifVersion),
      payload: because(at.reason)
    })
    yield* answer(json, restored, `Rule ${restored.rule.name} (${restored.id}) is back.`)
  }
)

export const rulesAtWork = [stats, instances, undelete] as const
