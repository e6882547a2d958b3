import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { HostNotFound } from "../../domain/RuleProblems.ts"
import { VersionStale } from "../../domain/SettingProblems.ts"
import { TimeZoneName } from "../../domain/TimeZoneName.ts"
import { Authenticated, OperatorOnly, ViewerOnly } from "../shared/Access.ts"
import { Reason, ReasonOnly, text } from "../shared/fields.ts"
import { Idempotent } from "../shared/Idempotency.ts"
import { Invalid, Unavailable } from "../shared/Problems.ts"
import { KnownQuery } from "../shared/ReadableRequest.ts"
import { ConditionMissing, conditions, rollout, waiting } from "./Settings.ts"

const params = { hostname: text(255) }
const Done = Schema.Struct({ message: Schema.String, ...rollout }).annotate({ identifier: "HostZoneChanged" })
const refusals = [VersionStale, ConditionMissing, Invalid, Unavailable] as const

/** Time zones of hosts and globs whose times name none. A host goes before a glob, then the most specific glob. */
export class HostZonesGroup extends HttpApiGroup.make("hostZones")
  .add(
    HttpApiEndpoint.get("list", "/host-zones", {
      success: Schema.Struct({
        host_zones: Schema.Array(Schema.Struct({ hostname: Schema.String, time_zone: Schema.String })),
        /** Of the last change; 0 when there was none. */
        version: Schema.Int
      }),
      error: Unavailable
    }).middleware(ViewerOnly).annotate(OpenApi.Summary, "The time zones of hosts, by host; ETag has their version"),
    HttpApiEndpoint.put("set", "/host-zones/:hostname", {
      params,
      headers: conditions,
      query: waiting,
      payload: Schema.Struct({ time_zone: TimeZoneName, reason: Reason }),
      success: Done,
      error: refusals
    }).middleware(Idempotent).middleware(OperatorOnly).annotate(
      OpenApi.Summary,
      "Give a host or a pattern a time zone"
    ),
    HttpApiEndpoint.delete("remove", "/host-zones/:hostname", {
      params,
      headers: conditions,
      query: waiting,
      payload: ReasonOnly,
      success: Done,
      error: [HostNotFound, ...refusals]
    }).middleware(Idempotent).middleware(OperatorOnly).annotate(OpenApi.Summary, "Take a host's time zone away")
  )
  .middleware(KnownQuery)
  .middleware(Authenticated)
  .annotateMerge(OpenApi.annotations({ title: "Host zones" }))
{}
