import { Effect, Layer } from "effect"
import { EventArchiver } from "../../../services/web-ui/retention/EventArchiver.ts"

/** For programs whose events are not archived: `event_archive` is off. */
export const nothingArchived = Layer.mock(EventArchiver, { failure: Effect.succeed(undefined) })
