import { Effect, Layer } from "effect"
import { HttpServerRequest } from "effect/http"
import { HttpApiMiddleware } from "effect/http-api"
import { type FieldError, Invalid, PathUnknown, Unreadable } from "../../src/api/shared/Problems.ts"
import { KnownQuery, ReadableRequest, versionParameter } from "../../src/api/shared/ReadableRequest.ts"
import { fieldErrors, inOneLine, namesOf, unknownName } from "../../src/logic/fieldErrors.ts"

/** Answers which field of a request is wrong, and how, in the words of its schema. */
export const ReadableRequestLayer = HttpApiMiddleware.layerSchemaErrorTransform(ReadableRequest, (error) => {
  if (error.kind === "Body" || error.kind === "ResponseHeaders") return Effect.die(error)
  if (error.kind === "Params") return Effect.fail(new PathUnknown({ detail: "There is nothing at this path." }))
  const errors = fieldErrors(error.cause.issue)
  if (error.kind === "Payload" && errors.some(({ field, message }) => field === "" && message.includes("JSON body"))) {
    return Effect.fail(new Unreadable({ detail: "The body is not JSON." }))
  }
  return Effect.fail(invalid(errors))
})

/** Refuses unknown names in the query: a misspelt filter would answer everything. */
export const KnownQueryLayer = Layer.succeed(KnownQuery, (handler, { endpoint }) => {
  const known = endpoint.query === undefined ? [] : namesOf(endpoint.query.ast)
  return Effect.gen(function*() {
    const { [versionParameter]: version, ...others } = yield* HttpServerRequest.ParsedSearchParams
    const errors = Object.keys(others).filter((name) => !known.includes(name)).slice(0, 20).map((name): FieldError => {
      const field = name.slice(0, 100)
      return { field, message: unknownName("parameter", field, known) }
    })
    if (errors.length > 0) return yield* invalid(errors)
    return yield* (version === undefined
      ? handler
      : Effect.provideService(handler, HttpServerRequest.ParsedSearchParams, others))
  })
})

const invalid = (errors: ReadonlyArray<FieldError>) => new Invalid({ detail: inOneLine(errors), errors })
