import { Layer } from "effect"
import { FetchHttpClient } from "effect/http"
import { type MoogOptions, PlatformMoog } from "./PlatformMoog.ts"

/** An answer that points elsewhere is an answer: following it would carry the key to another host. */
const NoRedirects = Layer.succeed(FetchHttpClient.RequestInit, { redirect: "manual" })

/** A client of its own: one built elsewhere might follow redirects. */
const Client = Layer.fresh(FetchHttpClient.layer).pipe(Layer.provide(NoRedirects))

/** The platform as the programs use it: Moogsoft over `fetch`, which Node and Deno both bring. */
export const PlatformLayer = (options: MoogOptions) => PlatformMoog(options).pipe(Layer.provide(Client))
