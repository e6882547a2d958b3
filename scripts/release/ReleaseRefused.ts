import { Data } from "effect"

/** No release is made; the message says why, and what to do. */
export class ReleaseRefused extends Data.TaggedError("ReleaseRefused")<{ readonly message: string }> {}
