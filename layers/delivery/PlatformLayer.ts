import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { Layer } from "effect"
import { type MoogOptions, PlatformMoog } from "./PlatformMoog.ts"

/**
 * The platform as the programs use it: Moogsoft over undici, on Node and Deno. It follows no redirects (an answer that points elsewhere
 * is an answer: following it would carry the key to another host), and costs a third of what `fetch` does.
 */
export const PlatformLayer = (options: MoogOptions) =>
  PlatformMoog(options).pipe(Layer.provide(NodeHttpClient.layerUndici))
