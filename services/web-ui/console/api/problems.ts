import { Option, Schema } from "effect"

/** What a failed request says, in words. */
export interface Trouble {
  /** The `_tag` of the problem; `Offline` when nobody answered. */
  readonly tag: string
  readonly detail: string
  readonly fields: ReadonlyArray<{ readonly field: string; readonly message: string }>
  /** By which the log of the server tells more. */
  readonly correlationId: string | undefined
}

const Problem = Schema.Struct({
  _tag: Schema.String,
  detail: Schema.optionalKey(Schema.String),
  correlation_id: Schema.optionalKey(Schema.String),
  errors: Schema.optionalKey(Schema.Array(Schema.Struct({ field: Schema.String, message: Schema.String })))
})
const decode = Schema.decodeUnknownOption(Problem)

const offline: Trouble = {
  tag: "Offline",
  detail: "The server does not answer.",
  fields: [],
  correlationId: undefined
}

/** Reads what `ask` failed with. Problems have a `detail`; everything else means that no answer came. */
export const troubleOf = (error: unknown): Trouble => {
  const found = Option.getOrUndefined(decode(error))
  if (found?.detail === undefined) return offline
  return {
    tag: found._tag,
    detail: found.detail,
    fields: found.errors ?? [],
    correlationId: found.correlation_id
  }
}
