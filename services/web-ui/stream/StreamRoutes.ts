import { Effect, Stream } from "effect"
import { HttpServerResponse } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { CurrentCaller } from "../../../src/api/shared/Access.ts"
import { WebUiApi } from "../../../src/api/web-ui/Api.ts"
import { Topic } from "../../../src/api/web-ui/Stream.ts"
import { OpenStreams } from "../config/OpenStreams.ts"
import { topicEvents } from "./topicEvents.ts"
import { TopicFeeds } from "./TopicFeeds.ts"

export const StreamHandlers = HttpApiBuilder.group(
  WebUiApi,
  "stream",
  Effect.fn(function*(handlers) {
    const feeds = yield* TopicFeeds
    const streams = yield* OpenStreams
    return handlers.handle(
      "follow",
      Effect.fnUntraced(function*({ query, request }) {
        const names = query.topics?.split(",")
        const topics = Topic.literals.filter((topic) => names === undefined || names.includes(topic))
        const guarded = yield* streams.guard(feeds.follow(topics), request, yield* CurrentCaller)
        return HttpServerResponse.stream(Stream.encodeText(Stream.map(guarded, topicEvents)), {
          contentType: "text/event-stream",
          headers: { "cache-control": "no-store" }
        })
      })
    )
  })
)
