import { Effect, Schema } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { HostZones } from "../../../layers/config/HostZones.ts"
import { WebUiApi } from "../../../src/api/web-ui/Api.ts"
import { HostPattern } from "../../../src/domain/Rule.ts"
import { makeAnnounceChange } from "../config/announceChange.ts"
import { changeRequest, setETag } from "../http/conditions.ts"
import { orUnavailable } from "../http/unavailable.ts"
import { invalid } from "../rules/ruleCodec.ts"

const isHostPattern = Schema.is(HostPattern)
const refused = (message: string) => Effect.fail(invalid([{ field: "hostname", message }]))
const answered = orUnavailable("host zones")

export const HostZonesHandlers = HttpApiBuilder.group(
  WebUiApi,
  "hostZones",
  Effect.fn(function*(handlers) {
    const zones = yield* HostZones
    const announceChange = yield* makeAnnounceChange

    return handlers.handleAll({
      list: () =>
        zones.state.pipe(
          Effect.tap(setETag),
          Effect.map(({ version, zones: host_zones }) => ({ host_zones, version })),
          answered
        ),
      set: Effect.fnUntraced(function*({ headers, params: { hostname }, payload, query }) {
        if (!isHostPattern(hostname)) return yield* refused("is neither a host name nor a pattern of them")
        const request = yield* changeRequest(headers, payload)
        const zone = { hostname, time_zone: payload.time_zone }
        const changed = yield* zones.set(zone, request).pipe(
          Effect.catchTag(
            "HostZonesFull",
            ({ most }) => refused(`is one too many: ${most} hosts and patterns may have a zone`)
          ),
          answered
        )
        yield* setETag(changed)
        return { message: "Host zone set successfully", ...(yield* announceChange(changed, query)) }
      }),
      remove: Effect.fnUntraced(function*({ headers, params: { hostname }, payload, query }) {
        const changed = yield* answered(zones.remove(hostname, yield* changeRequest(headers, payload)))
        yield* setETag(changed)
        return { message: "Host zone deleted successfully", ...(yield* announceChange(changed, query)) }
      })
    })
  })
)
