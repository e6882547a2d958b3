import { Effect, FileSystem, Result } from "effect"
import { failedWith, RuleFileUnreadable } from "./api.ts"

const mostBytes = 33_554_432

/** Reads a file of rules; every problem is a line with its place. */
export const readRuleFile = Effect.fnUntraced(function*(path: string) {
  // Loaded when it is wanted: few commands read one.
  const { parseRuleFile, problemLine } = yield* Effect.promise(() => import("../../src/rulefile/parseRuleFile.ts"))
  const files = yield* FileSystem.FileSystem
  const unreadable = (message: string) => new RuleFileUnreadable({ message })
  const text = yield* files.stat(path).pipe(
    Effect.filterOrFail(({ size }) => size <= mostBytes, () => ({ message: "is too large for a file of rules" })),
    Effect.andThen(files.readFileString(path)),
    Effect.mapError(({ message }) => unreadable(`${path}: ${message}`))
  )
  const parsed = parseRuleFile(text)
  if (Result.isSuccess(parsed)) return parsed.success
  return yield* unreadable(
    [`${path} cannot be used:`, ...parsed.failure.map((problem) => problemLine(path, problem))].join("\n")
  )
})

/** Writes a file that a command was asked for. */
export const writeText = Effect.fnUntraced(function*(path: string, text: string) {
  const files = yield* FileSystem.FileSystem
  yield* Effect.mapError(files.writeFileString(path, text), ({ message }) => failedWith(`${path}: ${message}`))
})
