import type { SqlError } from "effect/sql/SqlError"

/** SQLSTATE of a failure as the driver tells it; empty when the server said none. */
export const stateOf = (cause: unknown): string =>
  typeof cause === "object" && cause !== null && "code" in cause && typeof cause.code === "string" ? cause.code : ""

/** The server takes no writes: a standby, or one that was made read-only. */
export const isReadOnly = ({ reason }: SqlError): boolean => stateOf(reason.cause) === "25006"

/** The server ends the session, or does not take one now. */
export const isEnding = ({ reason }: SqlError): boolean => /^57P0[1-5]$/.test(stateOf(reason.cause))
