import { Effect, Schema } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import type { VersionStale } from "../../../layers/config/ConfigStore.ts"
import { WebUiApi } from "../../../src/api/web-ui/Api.ts"
import { HostNotFound } from "../../../src/api/web-ui/Hosts.ts"
import { HostPattern } from "../../../src/domain/Rule.ts"
import { ConfigService } from "../config/ConfigService.ts"
import { versionStale } from "../config/settingProblems.ts"
import { unavailable } from "../http/changeAuthor.ts"
import { requestOf, tag, tell } from "../http/conditions.ts"
import { invalid } from "../rules/ruleCodec.ts"

const isHostPattern = Schema.is(HostPattern)
const notFound = () => Effect.fail(new HostNotFound({ detail: "Hostname not found" }))
const refused = (message: string) => Effect.fail(invalid([{ field: "hostname", message }]))
const unreachable = unavailable("host zones")
const stale = (error: VersionStale) => Effect.fail(versionStale(error))

export const HostZonesHandlers = HttpApiBuilder.group(
  WebUiApi,
  "hostZones",
  Effect.fn(function*(handlers) {
    const processor = yield* ConfigService

    return handlers.handleAll({
      list: () =>
        processor.hostZones.pipe(
          Effect.tap(tag),
          Effect.map(({ version, zones }) => ({ host_zones: zones, version })),
          Effect.catchTag("LedgerUnavailable", unreachable)
        ),
      set: Effect.fnUntraced(function*({ headers, params: { hostname }, payload, query }) {
        if (!isHostPattern(hostname)) return yield* refused("is neither a host name nor a pattern of them")
        const request = yield* requestOf(headers, payload)
        const zone = { hostname, time_zone: payload.time_zone }
        const changed = yield* processor.setHostZone(zone, request).pipe(
          Effect.catchTags({
            HostZonesFull: ({ most }) => refused(`is one too many: ${most} hosts and patterns may have a zone`),
            VersionStale: stale,
            LedgerUnavailable: unreachable
          })
        )
        yield* tag(changed)
        return { message: "Host zone set successfully", ...(yield* tell(processor, changed, query)) }
      }),
      remove: Effect.fnUntraced(function*({ headers, params: { hostname }, payload, query }) {
        const changed = yield* processor.removeHostZone(hostname, yield* requestOf(headers, payload)).pipe(
          Effect.catchTags({ HostZoneNotFound: notFound, VersionStale: stale, LedgerUnavailable: unreachable })
        )
        yield* tag(changed)
        return { message: "Host zone deleted successfully", ...(yield* tell(processor, changed, query)) }
      })
    })
  })
)
