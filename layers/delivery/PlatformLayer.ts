import { Layer } from "effect"
import { type MoogOptions, PlatformMoog } from "./PlatformMoog.ts"
import { SenderUndici } from "./SenderUndici.ts"

/** The platform as the programs use it. */
export const PlatformLayer = (options: MoogOptions) =>
  PlatformMoog(options).pipe(Layer.provide(SenderUndici(options.url)))
