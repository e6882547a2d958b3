import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Books } from "../../../layers/queue/Books.ts"
import { Unavailable } from "../../../src/api/shared/Problems.ts"
import { WebUiApi } from "../../../src/api/web-ui/Api.ts"
import { FleetLook } from "../fleet/FleetLook.ts"
import { FlowHistory } from "../flow/FlowHistory.ts"
import { versionAnswer } from "../http/apiVersion.ts"
import { timeOf } from "../http/paging.ts"
import { orUnavailable, unavailable } from "../http/unavailable.ts"
import { balanced } from "./balanced.ts"
import { IngestRates } from "./IngestRates.ts"
import { Objectives, type PrometheusUnavailable } from "./Objectives.ts"
import { ProgramStatuses } from "./ProgramStatuses.ts"
import { RecordComparison } from "./RecordComparison.ts"
import { hourMs, recordView } from "./recordView.ts"

export const OverviewHandlers = HttpApiBuilder.group(
  WebUiApi,
  "overview",
  Effect.fn(function*(handlers) {
    const rates = yield* IngestRates
    const books = yield* Books
    const statuses = yield* ProgramStatuses
    const objectives = yield* Objectives
    const fleet = yield* FleetLook
    const { flow } = yield* FlowHistory
    const { compare } = yield* RecordComparison
    const answered = orUnavailable("queue")

    return handlers.handleAll({
      metrics: () => rates.current.pipe(answered),
      books: () => books.page.pipe(Effect.map(balanced), answered),
      verifyBooks: Effect.fnUntraced(function*({ query }) {
        const from = yield* timeOf("from", query.from)
        const to = yield* timeOf("to", query.to)
        return yield* compare((all) => ({
          from: from === undefined ? all.from : Math.floor(Date.parse(from) / hourMs),
          to: to === undefined ? all.to : Math.ceil(Date.parse(to) / hourMs)
        })).pipe(
          Effect.map(recordView),
          Effect.catchTag("EventAuditFailed", unavailable("event audit")),
          answered
        )
      }),
      slo: () => objectives.status.pipe(Effect.catchTag("PrometheusUnavailable", noPrometheus)),
      status: () => Effect.map(statuses.status, (programs) => ({ programs })),
      fleet: () => fleet.current,
      flow: () => flow,
      version: () => Effect.succeed(versionAnswer)
    })
  })
)

const noPrometheus = ({ detail }: PrometheusUnavailable) =>
  Effect.logWarning("Prometheus did not say how the objectives stand.").pipe(
    Effect.annotateLogs({ detail }),
    Effect.andThen(
      Effect.fail(new Unavailable({ outcome: "unchanged", detail: `The objectives cannot be told. ${detail}` }))
    )
  )
