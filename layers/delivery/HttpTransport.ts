import { Context, type Effect, Schema } from "effect"

/** No answer came: no status in time (`timeout`), or the connection broke or was never made (`connection`). */
export class NoAnswer extends Schema.TaggedError<NoAnswer>()("NoAnswer", {
  reason: Schema.Literals(["timeout", "connection"]),
  detail: Schema.String
}) {}

export interface Posting {
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
  /** How long to wait for the status. */
  readonly timeoutMs: number
}

export interface Answer {
  readonly status: number
  readonly retryAfter: string | undefined
  readonly contentType: string | undefined
  /** The start of the body: what comes within a second, and at most `answerLimit` bytes. */
  readonly start: string
  /** `whole`: it was read to its end. `cut`: its connection broke before that. `open`: more would have come. */
  readonly end: "whole" | "cut" | "open"
}

/** Bytes of an answer that are read; what comes after them is cut off. */
export const answerLimit = 4_096

/** Posts to one address. Follows no redirects: an answer that points elsewhere is an answer. */
export class HttpTransport extends Context.Service<HttpTransport, {
  readonly post: (posting: Posting) => Effect.Effect<Answer, NoAnswer>
}>()("mutt/layers/delivery/HttpTransport") {}
