import { Effect, Layer } from "effect"
import { HttpServerRequest } from "effect/http"
import { HttpApiMiddleware } from "effect/http-api"
import { fieldErrors, inOneLine, namesOf, unknownName } from "../../src/api/shared/fieldErrors.ts"
import { type FieldError, Invalid, PathUnknown, Unreadable } from "../../src/api/shared/Problems.ts"
import { KnownQuery, ReadableRequest, versionParameter } from "../../src/api/shared/ReadableRequest.ts"
import { methodRefused } from "./problem.ts"

/** Says which field of a request is wrong, and how, in the words of the schemas. */
const Readable = HttpApiMiddleware.layerSchemaErrorTransform(ReadableRequest, (error) => {
  if (error.kind === "Body" || error.kind === "ResponseHeaders") return Effect.die(error)
  if (error.kind === "Params") return Effect.fail(new PathUnknown({ detail: "There is nothing at this path." }))
  const errors = fieldErrors(error.cause.issue)
  if (error.kind === "Payload" && errors.some(({ field, message }) => field === "" && message.includes("JSON body"))) {
    return Effect.fail(new Unreadable({ detail: "The body is not JSON." }))
  }
  return Effect.fail(invalid(errors))
})

/**
 * The same, and no path of `fixed` (with its methods) is taken for one with a parameter, whose routes it fits too: what it does not
 * answer itself is 405.
 */
export const ReadableRequestLayer = (fixed: ReadonlyMap<string, ReadonlyArray<string>>) =>
  Layer.effect(
    ReadableRequest,
    Effect.map(ReadableRequest, (readable) =>
      ReadableRequest.of((handler, options) => {
        const inner = readable(handler, options)
        if (!options.endpoint.path.includes(":")) return inner
        return Effect.flatMap(HttpServerRequest.HttpServerRequest, ({ url }) => {
          const allowed = fixed.get(url.split("?", 1)[0] ?? "")
          return allowed === undefined ? inner : Effect.succeed(methodRefused(allowed))
        })
      }))
  ).pipe(Layer.provide(Readable))

/** A misspelt filter would answer everything. */
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
