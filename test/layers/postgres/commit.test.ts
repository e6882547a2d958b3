import { assert, describe, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import type { Connection } from "effect/sql/SqlConnection"
import {
  ConnectionError,
  ConstraintError,
  SerializationError,
  SqlError,
  StatementTimeoutError
} from "effect/sql/SqlError"
import { commit, outcomeOf } from "../../../layers/postgres/commit.ts"

/** A connection that answers COMMIT so. */
const answering = (answer: Effect.Effect<unknown, SqlError>): Connection => {
  const rows = Effect.succeed([])
  return {
    execute: () => rows,
    executeRaw: () => answer,
    executeUnprepared: () => rows,
    executeValues: () => rows,
    executeValuesUnprepared: () => rows,
    executeStream: () => Stream.empty
  }
}

const failing = (reason: SqlError["reason"]) => answering(Effect.fail(new SqlError({ reason })))
const about = { cause: new Error("so"), message: "so", operation: "query" }

describe("a transaction that fails at COMMIT", () => {
  for (
    const [what, connection, outcome] of [
      ["a broken connection", failing(new ConnectionError(about)), "unknown"],
      ["no answer in time", failing(new StatementTimeoutError(about)), "unknown"],
      ["a constraint that was deferred", failing(new ConstraintError(about)), "unchanged"],
      ["a conflict with another one", failing(new SerializationError(about)), "unchanged"],
      ["ROLLBACK for an answer", answering(Effect.succeed({ command: "ROLLBACK" })), "unchanged"]
    ] as const
  ) {
    it.effect(`by ${what}: its outcome is ${outcome}`, () =>
      Effect.gen(function*() {
        assert.strictEqual(outcomeOf(yield* Effect.flip(commit(connection))), outcome)
      }))
  }

  it.effect("does not, when the answer is COMMIT", () => commit(answering(Effect.succeed({ command: "COMMIT" }))))

  it("before COMMIT was sent, it changed nothing", () => {
    assert.strictEqual(outcomeOf(new SqlError({ reason: new ConnectionError(about) })), "unchanged")
  })
})
