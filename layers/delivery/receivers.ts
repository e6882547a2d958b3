import { Layer } from "effect"
import { HttpTransportUndici } from "./HttpTransportUndici.ts"
import { ReceiverMoogsoft } from "./moogsoft/ReceiverMoogsoft.ts"
import type { ReceiverOptions } from "./Receiver.ts"

/**
 * The incident platforms, by name. Another one is a folder beside `moogsoft/` (adapter, request, classify), a pure
 * encoder in `src/encode`, and a line here.
 */
export const receivers = {
  moogsoft: (options: ReceiverOptions) =>
    ReceiverMoogsoft(options).pipe(Layer.provide(HttpTransportUndici(options.url)))
}
