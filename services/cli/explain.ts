import { Argument } from "effect/cli"
import { apiCommand } from "./api.ts"
import { answer, table } from "./output.ts"

/** `mutt explain ID`: why an event ended as it did. */
export const explain = apiCommand("explain", "Why an event was decided as it was, and where its alert is", {
  event: Argument.String("event")
}, function*(api, at, json) {
  const explained = yield* api.events.explain({ params: { ref: at.event } })
  const { rules, sentences } = explained
  const rows = rules === null ? [] : [
    ...rules.before.map(rowOf("before")),
    ...(rules.decided_by === null ? [] : [rowOf("decided")(rules.decided_by)]),
    ...rules.also_match.map(rowOf("after"))
  ]
  yield* answer(json, explained, [
    ...sentences,
    ...(rows.length === 0 ? [] : ["", ...table(["rule", "priority", "", "why"], rows)])
  ])
})

const rowOf =
  (place: string) =>
  ({ name, priority, why }: { readonly name: string; readonly priority: number; readonly why: string }) => [
    name,
    String(priority),
    place,
    why
  ]
