import { Schema, Struct } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { CountDiffers } from "../../domain/CountDiffers.ts"
import { DeadLetter, DeadLetterQueue } from "../../domain/DeadLetter.ts"
import { Authenticated, OperatorOnly, ViewerOnly } from "../shared/Access.ts"
import { Idempotent, InSteps } from "../shared/Idempotency.ts"
import { Invalid, Unavailable } from "../shared/Problems.ts"
import { KnownQuery } from "../shared/ReadableRequest.ts"
import { LetterGroups, LetterId, letterQuery, Selection, Swept } from "./DeadLetterFilters.ts"
import { limit } from "./paging.ts"

const DeadLetterView = Schema.Struct({ id: Schema.String, ...Struct.omit(DeadLetter.fields, ["entryId", "queue"]) })
  .annotate({ identifier: "DeadLetter" })

/** Each id is in one of these lists. The last three are for quarantine only. */
const Replayed = Schema.Struct({
  replayed: Schema.Array(Schema.String),
  missing: Schema.Array(Schema.String),
  /** Stay in quarantine, with this reason. */
  unreadable: Schema.optionalKey(
    Schema.Array(Schema.Struct({ id: Schema.String, reason: Schema.String, detail: Schema.String }))
  ),
  /** Stay in quarantine: only a part of the record was kept. */
  cut: Schema.optionalKey(Schema.Array(Schema.String)),
  /** Stay in quarantine, as the event queue is full or the request has too many bytes. Ask again. */
  later: Schema.optionalKey(Schema.Array(Schema.String))
})

const ReplayedOrSwept = Schema.Union([Replayed, Swept])
const DiscardedOrSwept = Schema.Union([
  Schema.Struct({ discarded: Schema.Array(Schema.String), missing: Schema.Array(Schema.String) }),
  Swept
])

const params = { queue: DeadLetterQueue }

export class DeadLettersGroup extends HttpApiGroup.make("deadLetters")
  .add(
    HttpApiEndpoint.get("counts", "/dead-letters", {
      success: Schema.Struct({
        counts: Schema.Struct({ events: Schema.Int, alerts: Schema.Int, quarantine: Schema.Int })
      }),
      error: Unavailable
    }).middleware(ViewerOnly).annotate(OpenApi.Summary, "How many are kept in each queue"),
    HttpApiEndpoint.get("list", "/dead-letters/:queue", {
      params,
      query: { limit: Schema.optionalKey(limit), before: Schema.optionalKey(LetterId), ...letterQuery },
      success: Schema.Struct({
        queue: DeadLetterQueue,
        count: Schema.Int,
        dead_letters: Schema.Array(DeadLetterView),
        pagination: Schema.Struct({
          limit: Schema.Int,
          /** Pass as `before` for the next page; absent on the last one. */
          next_before: Schema.optionalKey(Schema.String)
        })
      }),
      error: [Invalid, Unavailable]
    }).middleware(ViewerOnly).annotate(
      OpenApi.Summary,
      "What could not go on, with why and what was tried; newest first"
    ),
    HttpApiEndpoint.get("groups", "/dead-letters/:queue/groups", {
      params,
      query: { before: Schema.optionalKey(LetterId), ...letterQuery },
      success: LetterGroups,
      error: [Invalid, Unavailable]
    }).middleware(ViewerOnly).annotate(OpenApi.Summary, "The same by reason and masked detail, with their numbers"),
    HttpApiEndpoint.post("replay", "/dead-letters/:queue/replay", {
      params,
      payload: Selection,
      success: ReplayedOrSwept,
      error: [CountDiffers, Invalid, Unavailable]
    }).middleware(Idempotent).middleware(OperatorOnly).annotate(
      OpenApi.Summary,
      "Send them on their way again, with their tries reset; quarantined records are read again by today's decoders"
    ),
    HttpApiEndpoint.post("discard", "/dead-letters/:queue/discard", {
      params,
      payload: Selection,
      success: DiscardedOrSwept,
      error: [CountDiffers, Invalid, Unavailable]
    }).middleware(Idempotent).middleware(OperatorOnly).annotate(
      OpenApi.Summary,
      "Give them up for good; they are counted as discarded"
    ),
    HttpApiEndpoint.post("retry", "/dead-letters/quarantine/retry", {
      payload: Selection,
      success: ReplayedOrSwept,
      error: [CountDiffers, Invalid, Unavailable]
    }).middleware(Idempotent).middleware(OperatorOnly).annotate(
      OpenApi.Summary,
      "Read quarantined records again; each becomes events, or stays with the reason of today"
    )
  )
  .middleware(KnownQuery)
  .middleware(Authenticated)
  .annotate(InSteps, true)
  .annotateMerge(OpenApi.annotations({ title: "Dead letters" }))
{}
