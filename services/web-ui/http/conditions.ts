import { DateTime, Effect } from "effect"
import { HttpEffect, HttpServerResponse } from "effect/http"
import type { InstanceState } from "../../../layers/config/ConfigRollout.ts"
import { afterCommit, keepTag } from "../../../layers/idempotency/afterCommit.ts"
import { ConditionMissing, type InstanceItem } from "../../../src/api/web-ui/Settings.ts"
import type { ConfigService, Told } from "../config/ConfigService.ts"
import { changeOf } from "./changeAuthor.ts"
import { etagOf, versionSeen } from "./etag.ts"

/** Under which condition a change is wanted. */
export interface Conditions {
  readonly "if-match"?: string
  readonly prefer?: string
}

/** How long a writer wants to wait for every process. */
export interface Waiting {
  readonly wait?: "all" | "none"
  readonly timeout?: number
}

/** Who asks, why, in which request, and which version was seen. */
export const requestOf = Effect.fnUntraced(function*(
  headers: Conditions,
  reason: { readonly reason?: string | null } | null
) {
  const change = yield* changeOf(reason)
  const seen = versionSeen(headers["if-match"])
  if (seen === undefined && /\bstrict\b/i.test(headers.prefer ?? "")) {
    return yield* new ConditionMissing({ detail: "Send If-Match with the ETag of what you saw." })
  }
  return { ...change, ...seen }
})

/** Without being asked, an answer waits just long enough to name the processes that are in good health. */
const waitOf = ({ timeout, wait }: Waiting): number =>
  wait === "none" ? 0 : wait === "all" ? timeout ?? 2_000 : timeout ?? 250

/** Puts the version into the answer as its ETag. */
export const tag = (state: { readonly epoch: string; readonly version: number }) =>
  Effect.andThen(
    keepTag(etagOf(state)),
    HttpEffect.appendPreResponseHandler((_request, response) =>
      Effect.succeed(HttpServerResponse.setHeader(response, "etag", etagOf(state)))
    )
  )

/** Tells every process of a change once it is committed. What the answer says of who runs the new version. */
export const tell = (processor: ConfigService["Service"], { version }: { readonly version: number }, query: Waiting) =>
  Effect.map(
    afterCommit(Effect.map(processor.tell(version, waitOf(query)), toldItem), { propagated: false, instances: [] }),
    (told) => ({ version, ...told })
  )

const toldItem = ({ instances, propagated }: Told) => ({ propagated, instances: instances.map(instanceItem) })

const time = (ms: number): string => DateTime.formatIso(DateTime.makeUnsafe(ms))

export const instanceItem = (state: InstanceState): InstanceItem => ({
  ...state,
  since: time(state.since),
  seen: time(state.seen)
})
