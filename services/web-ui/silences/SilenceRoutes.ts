import { Clock, Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { DynamicConfig } from "../../../layers/config/DynamicConfig.ts"
import { afterCommit } from "../../../layers/idempotency/afterCommit.ts"
import { SilenceRepository } from "../../../layers/silence/SilenceRepository.ts"
import { CurrentCaller } from "../../../src/api/shared/Access.ts"
import { RoleRefused } from "../../../src/api/shared/Problems.ts"
import { WebUiApi } from "../../../src/api/web-ui/Api.ts"
import { permits } from "../../../src/domain/Role.ts"
import type { SilenceInput } from "../../../src/silence/Silence.ts"
import { silenceBoundErrors } from "../../../src/silence/silenceChecks.ts"
import { type StoredSilence, writtenOf } from "../../../src/silence/StoredSilence.ts"
import { changeAuthor } from "../http/changeAuthor.ts"
import { changeRequest, setETag } from "../http/conditions.ts"
import { limitOf } from "../http/paging.ts"
import { orUnavailable } from "../http/unavailable.ts"
import { dbQueryTimed } from "../metrics.ts"
import { invalid } from "../rules/ruleCodec.ts"
import { WebUiSettings } from "../WebUiSettings.ts"
import { findSilences } from "./findSilences.ts"
import { makePreviewMade, previewLost } from "./previewMade.ts"
import { nextViews, silenceView } from "./silenceCodec.ts"
import { SilencePreviewer } from "./SilencePreviewer.ts"

const answered = orUnavailable("silences")

/** The ETag of a silence. */
const tagged = ({ revision }: { readonly revision: number }) => setETag({ epoch: "", version: revision })

export const SilencesHandlers = HttpApiBuilder.group(
  WebUiApi,
  "silences",
  Effect.fn(function*(handlers) {
    const store = yield* SilenceRepository
    const config = yield* DynamicConfig
    const previewMade = yield* makePreviewMade(yield* SilencePreviewer)
    const { pageMaxBytes, silencesMost } = yield* WebUiSettings

    /** Makes what refuses that which may not be: times out of bounds, and everything for who is no admin. */
    const allowing = Effect.map(
      CurrentCaller,
      ({ role }) =>
        Effect.fnUntraced(function*(said: SilenceInput, before?: StoredSilence) {
          if (said.match.everything === true && !permits(role, "admin")) {
            return yield* new RoleRefused({ detail: "To silence everything needs the role admin." })
          }
          const now = yield* Clock.currentTimeMillis
          const errors = silenceBoundErrors(said, { now, maxDays: config.snapshot().values.silence_max_days, before })
          return errors.length === 0 ? said : yield* invalid(errors)
        })
    )

    const written = Effect.fnUntraced(function*(silence: StoredSilence, message: string) {
      yield* tagged(silence)
      const now = yield* Clock.currentTimeMillis
      return { id: silence.id, message, silence: silenceView(silence, now), next: nextViews(silence, now) }
    })

    return handlers.handleAll({
      list: Effect.fnUntraced(function*({ query: { cursor, limit: asked, ...filter } }) {
        const limit = limitOf(asked === undefined ? {} : { limit: asked })
        const before = cursor === undefined ? undefined : Number(cursor)
        const now = yield* Clock.currentTimeMillis
        const { nextCursor, rows } = yield* findSilences(store.list, filter, {
          limit,
          maxBytes: pageMaxBytes,
          before,
          now
        }).pipe(dbQueryTimed("get_silences"), answered)
        return {
          silences: rows,
          pagination: {
            limit,
            has_more: nextCursor !== undefined,
            ...(nextCursor === undefined ? {} : { next_cursor: nextCursor })
          }
        }
      }),
      byId: Effect.fnUntraced(function*({ params: { id } }) {
        const silence = yield* store.silence(id).pipe(dbQueryTimed("get_silence"), answered)
        const revisions = yield* store.revisions(id).pipe(dbQueryTimed("get_silence_revisions"), answered)
        yield* tagged(silence)
        const now = yield* Clock.currentTimeMillis
        return { ...silenceView(silence, now), next: nextViews(silence, now), revisions }
      }),
      create: Effect.fnUntraced(function*({ payload }) {
        const author = yield* changeAuthor({ reason: payload.comment })
        const allowed = yield* allowing
        const silence = yield* store.create(yield* allowed(payload), author, silencesMost).pipe(
          dbQueryTimed("create_silence"),
          answered
        )
        const answer = yield* written(silence, "Silence created successfully")
        return { ...answer, ...(yield* afterCommit(previewMade(silence), previewLost)) }
      }),
      update: Effect.fnUntraced(function*({ headers, params: { id }, payload }) {
        const request = yield* changeRequest(headers, { reason: payload.comment })
        const allowed = yield* allowing
        const silence = yield* store.change(id, (before) => allowed(payload, before), request).pipe(
          dbQueryTimed("update_silence"),
          answered
        )
        return yield* written(silence, "Silence updated successfully")
      }),
      extend: Effect.fnUntraced(function*({ headers, params: { id }, payload }) {
        const request = yield* changeRequest(headers, payload)
        const allowed = yield* allowing
        const silence = yield* store.change(id, (before) => extended(before, payload, allowed), request).pipe(
          dbQueryTimed("update_silence"),
          answered
        )
        return yield* written(silence, "Silence extended successfully")
      }),
      end: Effect.fnUntraced(function*({ headers, params: { id }, payload }) {
        const request = yield* changeRequest(headers, payload)
        const silence = yield* store.end(id, request).pipe(dbQueryTimed("end_silence"), answered)
        return yield* written(silence, "Silence ended successfully")
      })
    })
  })
)

interface Extension {
  readonly ends_at?: string
  readonly seconds?: number
}

/** The same silence with a later end. */
const extended = Effect.fnUntraced(function*<E>(
  before: StoredSilence,
  { ends_at, seconds = 0 }: Extension,
  allowed: (said: SilenceInput, before: StoredSilence) => Effect.Effect<SilenceInput, E>
) {
  if (before.ends_at === undefined) {
    return yield* invalid([{ field: "ends_at", message: "It has a schedule and no end: change `schedule.last`" }])
  }
  const end = ends_at ?? new Date(Date.parse(before.ends_at) + seconds * 1_000).toISOString()
  if (Date.parse(end) <= Date.parse(before.ends_at)) {
    return yield* invalid([{ field: "ends_at", message: `Is not later than ${before.ends_at}` }])
  }
  return yield* allowed({ ...writtenOf(before), ends_at: end }, before)
})
