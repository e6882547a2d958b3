import { Option, Schema } from "effect"
import { useEffect } from "react"
import { type Flow, FlowNow } from "../../../../../src/api/web-ui/Flow.ts"
import { useConnection, useTold } from "../../api/Feed.ts"
import { queries, useAsk } from "../../api/query.ts"
import { withNow } from "./flow.ts"

const key = ["flow"]
const decode = Schema.decodeUnknownOption(FlowNow)

/** Read whole so often in any case: what was missed while the stream was lost, and which tokens there may be. */
const everyMs = { told: 60_000, asked: 2_000 }

/** The flow of the last hour, which the stream goes on with. */
export const useFlow = () => {
  const told = useTold("flow")
  const { is } = useConnection()
  const read = useAsk<Flow, unknown>(key, (api) => api.overview.flow(), {
    every: is === "open" ? everyMs.told : everyMs.asked
  })
  useEffect(() => {
    if (told === undefined) return
    const now = Option.getOrUndefined(decode(told.data))
    if (now === undefined) void queries.invalidateQueries({ queryKey: key })
    else {
      queries.setQueryData<Flow>(key, (flow) => flow === undefined ? flow : withNow(flow, now), { updatedAt: told.at })
    }
  }, [told])
  return read
}
