import { Layer } from "effect"
import { HttpTransportUndici } from "./HttpTransportUndici.ts"
import { type MoogOptions, ReceiverMoogsoft } from "./moogsoft/ReceiverMoogsoft.ts"

/** The platform as the programs use it. */
export const ReceiverLayer = (options: MoogOptions) =>
  ReceiverMoogsoft(options).pipe(Layer.provide(HttpTransportUndici(options.url)))
