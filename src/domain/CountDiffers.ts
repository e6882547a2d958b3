import { Schema } from "effect"
import { HttpApiError } from "effect/http-api"
import { problem } from "./Problem.ts"

/** A filter finds another number than was expected, so nothing was done. `exact` is false when it was not counted out. */
export class CountDiffers extends HttpApiError.Problem<CountDiffers>()(
  ...problem("CountDiffers", 409, { expected: Schema.Int, found: Schema.Int, exact: Schema.Boolean })
) {}

export const countDiffers = (expected: number, found: number): CountDiffers =>
  new CountDiffers({
    expected,
    found,
    exact: found <= expected,
    detail: found > expected
      ? `The filter finds more than the ${expected} that were expected. Nothing was done.`
      : `The filter finds ${found}, and ${expected} were expected. Nothing was done.`
  })
