import { Effect, SchemaIssue } from "effect"
import { HttpApiMiddleware } from "effect/http-api"
import { type FieldError, Invalid, PathUnknown, Unreadable } from "../../src/api/shared/Problems.ts"
import { ReadableRequest } from "../../src/api/shared/ReadableRequest.ts"

const format = SchemaIssue.makeFormatterStandardSchemaV1()

/** Says which field of a request is wrong, and how, in the words of the schemas. */
export const ReadableRequestLayer = HttpApiMiddleware.layerSchemaErrorTransform(ReadableRequest, (error) => {
  if (error.kind === "Body" || error.kind === "ResponseHeaders") return Effect.die(error)
  const errors = fieldErrors(error.cause.issue)
  if (error.kind === "Params") {
    return Effect.fail(new PathUnknown({ detail: "There is nothing at this path." }))
  }
  if (error.kind === "Payload" && errors.some(({ field, message }) => field === "" && message.includes("JSON body"))) {
    return Effect.fail(new Unreadable({ detail: "The body is not JSON." }))
  }
  return Effect.fail(new Invalid({ detail: summary(errors), errors }))
})

const fieldErrors = (issue: SchemaIssue.Issue): ReadonlyArray<FieldError> =>
  format(issue).issues.map(({ message, path }) => ({
    field: (path ?? []).map((segment) => String(typeof segment === "object" ? segment.key : segment)).join("."),
    message
  }))

const summary = (errors: ReadonlyArray<FieldError>): string =>
  errors.map(({ field, message }) => (field === "" ? message : `${field}: ${message}`)).join("; ").slice(0, 1_000)
