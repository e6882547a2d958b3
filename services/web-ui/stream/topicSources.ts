import { Effect, Schema } from "effect"
import { DynamicConfig } from "../../../layers/config/DynamicConfig.ts"
import type { FlowReading } from "../../../layers/queue/Books.ts"
import type { Topic, TopicViews } from "../../../src/api/web-ui/Stream.ts"
import { FleetLook } from "../fleet/FleetLook.ts"
import { FlowHistory } from "../flow/FlowHistory.ts"
import { balanced } from "../overview/balanced.ts"
import { NewestChanges } from "./NewestChanges.ts"

/** What topics are read from does not answer. `told` is for whoever follows them, `detail` for the log. */
export class SourceUnavailable extends Schema.TaggedError<SourceUnavailable>()("SourceUnavailable", {
  told: Schema.String,
  detail: Schema.String
}) {}

/** Where topics are read from. One look reads them all. */
export interface TopicSource {
  readonly name: string
  readonly topics: ReadonlyArray<Topic>
  readonly look: Effect.Effect<Partial<TopicViews>, SourceUnavailable>
}

/** The sources of all topics: each is one query, or none. */
export const topicSources = Effect.gen(function*() {
  const history = yield* FlowHistory
  const fleet = yield* FleetLook
  const config = yield* DynamicConfig
  const newest = yield* NewestChanges

  return [
    {
      name: "queue",
      topics: ["flow", "books", "dead_letters", "alerts"],
      look: Effect.flatMap(history.now, (queue) =>
        queue._tag === "read"
          ? Effect.succeed({ flow: queue.now, ...countsOf(queue.reading) })
          : Effect.fail(new SourceUnavailable({ told: queue.detail, detail: queue.detail })))
    },
    { name: "fleet", topics: ["fleet"], look: Effect.map(fleet.current, (fleet) => ({ fleet })) },
    {
      name: "settings",
      topics: ["config"],
      look: Effect.sync(() => {
        const { epoch, version } = config.snapshot()
        return { config: { epoch, version } }
      })
    },
    {
      name: "changes",
      topics: ["rules", "silences", "rotation", "audit"],
      look: Effect.mapError(
        newest.read,
        ({ detail }) => new SourceUnavailable({ told: "The database cannot be reached now.", detail })
      )
    }
  ] satisfies ReadonlyArray<TopicSource>
})

const countsOf = ({ alertsBehind, page }: FlowReading) => ({
  books: balanced(page),
  dead_letters: { events: page.eventsDead, alerts: page.alertsDead, quarantine: page.quarantineHeld },
  alerts: {
    waiting: page.alertsWaiting,
    behind: alertsBehind,
    delivered: page.delivered,
    dead: page.alertsDead
  }
})
