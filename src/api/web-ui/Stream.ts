import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { RotationState, RotationStep } from "../../domain/Rotation.ts"
import { Authenticated, ViewerOnly } from "../shared/Access.ts"
import { Invalid, Unavailable } from "../shared/Problems.ts"
import { KnownQuery } from "../shared/ReadableRequest.ts"
import { Fleet } from "./Fleet.ts"
import { FlowNow } from "./Flow.ts"
import { BooksView } from "./Overview.ts"
import { StreamsFull } from "./Settings.ts"

const Version = Schema.Struct({ version: Schema.Int })

/** What is told of each topic: enough to show, or to know that it must be read again. */
export const topicViews = {
  flow: FlowNow,
  books: BooksView,
  fleet: Fleet,
  /** The settings in force. */
  config: Schema.Struct({ epoch: Schema.String, version: Schema.Int }),
  /** Rules, hosts and teams. */
  rules: Version,
  silences: Version,
  /** The rotations that are open. */
  rotation: Schema.Struct({
    open: Schema.Array(Schema.Struct({
      secret: Schema.String,
      state: RotationState,
      /** Begun, and not known to be done. */
      step: Schema.NullOr(RotationStep),
      /** It goes no further by itself. */
      stopped: Schema.Boolean,
      changed_at: Schema.String
    }))
  }),
  /** How many are kept. */
  dead_letters: Schema.Struct({ events: Schema.Int, alerts: Schema.Int, quarantine: Schema.Int }),
  /** `behind` are those of the waiting that stand behind another one of their signature. */
  alerts: Schema.Struct({
    waiting: Schema.Int,
    behind: Schema.Int,
    delivered: Schema.Int,
    dead: Schema.Int
  }),
  /** Id of the newest entry; `null`: there is none. */
  audit: Schema.Struct({ newest: Schema.NullOr(Schema.Int) })
}

export const Topic = Schema.Literals([
  "flow",
  "books",
  "fleet",
  "config",
  "rules",
  "silences",
  "rotation",
  "dead_letters",
  "alerts",
  "audit"
])
export type Topic = typeof Topic.Type
export type TopicViews = { readonly [T in Topic]: (typeof topicViews)[T]["Type"] }

/** What a topic is read from does not answer now. It is told again when it does. */
export const TopicUnavailable = Schema.Struct({ unavailable: Schema.String }).annotate({
  identifier: "TopicUnavailable"
})

const told = <T extends Topic>(topic: T) =>
  Schema.Struct({
    /** Another one for each thing that this process tells of the topic. */
    id: Schema.String,
    event: Schema.Literal(topic),
    data: Schema.fromJsonString(Schema.Union([topicViews[topic], TopicUnavailable]))
  })

/** The whole state of a topic each time; `bye`: the program stops. */
const TopicEvent = Schema.Union([
  told("flow"),
  told("books"),
  told("fleet"),
  told("config"),
  told("rules"),
  told("silences"),
  told("rotation"),
  told("dead_letters"),
  told("alerts"),
  told("audit"),
  Schema.Struct({ event: Schema.Literal("bye"), data: Schema.String })
])

const isTopic = Schema.is(Topic)
const oneOf = `(?:${Topic.literals.join("|")})`

/** Names with commas between. */
const Topics = Schema.String.check(
  Schema.isMaxLength(1_000),
  Schema.makeFilter(
    (names) => {
      const unknown = names.split(",").filter((name) => !isTopic(name))
      return unknown.length === 0 || `Has no topic ${unknown.join(", ")}; there are ${Topic.literals.join(", ")}.`
    },
    { toJsonSchema: () => ({ pattern: `^${oneOf}(?:,${oneOf})*$` }) }
  )
)

/** Keeps a page live over one connection. */
export class StreamGroup extends HttpApiGroup.make("stream")
  .add(
    HttpApiEndpoint.get("follow", "/stream", {
      query: {
        /** All when absent. */
        topics: Schema.optionalKey(Topics)
      },
      success: HttpApiSchema.StreamSse({ events: TopicEvent }),
      error: [StreamsFull, Invalid, Unavailable]
    }).middleware(ViewerOnly).annotate(
      OpenApi.Summary,
      "Many topics over one connection, as server-sent events: each as it stands, then its changes, until the key is gone or for an hour"
    )
  )
  .middleware(KnownQuery)
  .middleware(Authenticated)
  .annotateMerge(OpenApi.annotations({ title: "Stream" }))
{}
