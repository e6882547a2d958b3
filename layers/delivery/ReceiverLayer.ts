import { Layer } from "effect"
import { SenderUndici } from "./HttpTransportUndici.ts"
import { type MoogOptions, PlatformMoog } from "./moogsoft/ReceiverMoogsoft.ts"

/** The platform as the programs use it. */
export const PlatformLayer = (options: MoogOptions) =>
  PlatformMoog(options).pipe(Layer.provide(SenderUndici(options.url)))
