import { Context, Effect, Layer, Redacted, Schema, type Scope } from "effect"
import { HttpServer } from "effect/http"
import { type Behaviour, moogStandIn as standIn, ReceivedPage } from "../../scripts/stack/MoogStandIn.ts"
import { type Post, Posts } from "../../scripts/stack/postLog.ts"
import { request } from "./request.ts"

export interface MoogStandIn {
  readonly url: string
  readonly apiKey: string
  /** What was kept after number `since`, oldest first, and how many deliveries were repeats. */
  readonly received: (since?: number) => Effect.Effect<ReceivedPage>
  /** Every delivery, repeats and refusals among them. */
  readonly posts: Effect.Effect<ReadonlyArray<Post>>
  /** How many deliveries met something else at its address, by what that was. */
  readonly met: Effect.Effect<Readonly<Record<string, number>>>
  readonly behave: (behaviour: Partial<Behaviour>) => Effect.Effect<void>
  readonly forget: Effect.Effect<void>
}

const decodePosts = Schema.decodeUnknownEffect(Schema.fromJsonString(Posts))
const decodeMet = Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.Record(Schema.String, Schema.Int)))
const decodePage = Schema.decodeUnknownEffect(Schema.fromJsonString(ReceivedPage))

/** A stand-in of the incident platform on a free port. Deliveries go to `<url>/events`. */
export const moogStandIn = (options?: { readonly apiKey?: string }): Effect.Effect<MoogStandIn, never, Scope.Scope> =>
  Effect.gen(function*() {
    const apiKey = options?.apiKey ?? "moog-key"
    const context = yield* Layer.build(standIn({ apiKey: Redacted.make(apiKey), port: 0 }))
    const url = HttpServer.formatAddress(Context.get(context, HttpServer.HttpServer).address)
    const call = (path: string, init?: RequestInit) =>
      request(url + path, init).pipe(
        Effect.orDie,
        Effect.tap((response) =>
          response.ok ? Effect.void : Effect.die(new Error(`${path} answered ${response.status}`))
        )
      )
    return {
      url,
      apiKey,
      received: (since = 0) =>
        call(`/events?since=${since}`).pipe(
          Effect.flatMap((response) => Effect.promise(() => response.text())),
          Effect.flatMap(decodePage),
          Effect.orDie
        ),
      posts: call("/posts").pipe(
        Effect.flatMap((response) => Effect.promise(() => response.text())),
        Effect.flatMap(decodePosts),
        Effect.orDie
      ),
      met: call("/guises").pipe(
        Effect.flatMap((response) => Effect.promise(() => response.text())),
        Effect.flatMap(decodeMet),
        Effect.orDie
      ),
      behave: (behaviour: Partial<Behaviour>) =>
        Effect.asVoid(call("/behaviour", {
          method: "PUT",
          headers: { "content-type": "application/json" },
          body: JSON.stringify(behaviour)
        })),
      forget: Effect.asVoid(call("/events", { method: "DELETE" }))
    }
  }).pipe(Effect.orDie)
