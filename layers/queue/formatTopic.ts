import { Schema } from "effect"
import type { Topic } from "../instances/Instances.ts"

const State = Schema.Struct({ queue: Schema.String, version: Schema.String, oldest: Schema.Int, newest: Schema.Int })

/** Which formats of which queue every process reads. Releases that knew one format only report nothing here. */
export const formatTopic: Topic<typeof State.Type> = {
  key: "mutt:{config}:formats",
  silentMs: 60_000,
  decode: Schema.decodeUnknownEffect(State)
}
