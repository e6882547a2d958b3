import { Effect, Layer, ManagedRuntime } from "effect"
import { FetchHttpClient, HttpClientRequest } from "effect/http"
import { HttpApiClient, HttpApiMiddleware } from "effect/http-api"
import { Authenticated } from "../../../../src/api/shared/Access.ts"
import { idempotentClient } from "../../../../src/api/shared/idempotentClient.ts"
import { WebUiApi } from "../../../../src/api/web-ui/Api.ts"
import { attendance } from "./attended.ts"
import { newId } from "./newId.ts"
import { sessionWants } from "./session.ts"

/** The same typed API that scripts and the `mutt` command use. */
export type Api = HttpApiClient.ForApi<typeof WebUiApi>

/** The cookie goes by itself. */
const ByCookie = HttpApiMiddleware.layerClient(
  Authenticated,
  ({ next, request }) => next(HttpClientRequest.setHeaders(request, attendance()))
)

/** A change whose answer was lost is sent again with its key, so that it is made once. */
const Once = idempotentClient({ newKey: Effect.sync(newId), onUnknown: Effect.void })

const runtime = ManagedRuntime.make(Layer.mergeAll(FetchHttpClient.layer, ByCookie, Once))

const made = runtime.runPromise(HttpApiClient.make(WebUiApi, { baseUrl: location.origin }))

const tagOf = (error: unknown): unknown =>
  typeof error === "object" && error !== null && "_tag" in error ? error._tag : undefined

/** Refusals that pass when the person gives the key again. */
const wants = new Map<unknown, "ended" | "stale">([["KeyRefused", "ended"], ["StepUpNeeded", "stale"]])

/**
 * Asks the API. What it fails with is one of the typed problems of that endpoint, or that nobody answered. When the
 * login has ended, the request waits until somebody has logged in again over the page, and is then sent once more.
 */
export const ask = async <A, E>(request: (api: Api) => Effect.Effect<A, E>, signal?: AbortSignal): Promise<A> => {
  const api = await made
  const options = signal === undefined ? {} : { signal }
  const once = () => runtime.runPromise(request(api), options)
  try {
    return await once()
  } catch (error) {
    const why = wants.get(tagOf(error))
    if (why === undefined) throw error
    await sessionWants(why)
    return once()
  }
}
