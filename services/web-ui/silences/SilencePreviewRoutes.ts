import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { WebUiApi } from "../../../src/api/web-ui/Api.ts"
import { recordAnswered } from "../events/recordAnswered.ts"
import { orUnavailable } from "../http/unavailable.ts"
import { SilencePreviewer } from "./SilencePreviewer.ts"

const answered = orUnavailable("silences")

export const SilencePreviewsHandlers = HttpApiBuilder.group(
  WebUiApi,
  "silencePreviews",
  Effect.fn(function*(handlers) {
    const previewer = yield* SilencePreviewer
    return handlers.handleAll({
      preview: ({ payload }) => previewer.preview(payload).pipe(answered, recordAnswered)
    })
  })
)
