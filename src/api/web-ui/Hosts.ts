import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { HostPattern } from "../../domain/Rule.ts"
import { HostExists, HostNotFound } from "../../domain/RuleProblems.ts"
import { Authenticated, OperatorOnly, ViewerOnly } from "../shared/Access.ts"
import { Reason, text, whole } from "../shared/fields.ts"
import { Idempotent } from "../shared/Idempotency.ts"
import { Invalid, Unavailable } from "../shared/Problems.ts"
import { KnownQuery } from "../shared/ReadableRequest.ts"
import { cursor, More } from "./paging.ts"
import { EditOnly, editRefusals, Force } from "./Rules.ts"
import { conditions } from "./Settings.ts"

const Team = text(100)
const params = { hostname: text(255) }
/** As many rows as fit into one answer, where no limit is given. */
const query = { cursor, limit: Schema.optionalKey(whole(1, 10_000)) }
const Done = Schema.Struct({ message: Schema.String })

/** Development hosts: names and globs whose events get a rule's `dev_handling`. */
export class DevHostsGroup extends HttpApiGroup.make("devHosts")
  .add(
    HttpApiEndpoint.get("list", "/dev-hosts", {
      query,
      success: Schema.Struct({
        hosts: Schema.Array(Schema.Struct({ hostname: Schema.String })),
        pagination: More
      }),
      error: [Invalid, Unavailable]
    }).middleware(ViewerOnly).annotate(OpenApi.Summary, "All development hosts, by name"),
    HttpApiEndpoint.post("add", "/dev-hosts", {
      headers: conditions,
      payload: Schema.Struct({ hostname: HostPattern, reason: Reason, force: Force }),
      success: Done.pipe(HttpApiSchema.status(201)),
      error: [HostExists, ...editRefusals]
    }).middleware(Idempotent).middleware(OperatorOnly).annotate(OpenApi.Summary, "Add a development host or a pattern"),
    HttpApiEndpoint.delete("remove", "/dev-hosts/:hostname", {
      params,
      headers: conditions,
      payload: EditOnly,
      success: Done,
      error: [HostNotFound, ...editRefusals]
    }).middleware(Idempotent).middleware(OperatorOnly).annotate(OpenApi.Summary, "Remove a development host")
  )
  .middleware(KnownQuery)
  .middleware(Authenticated)
  .annotateMerge(OpenApi.annotations({ title: "Development hosts" }))
{}

/** Which team a device belongs to; decides for events that no rule gives a team. */
export class TeamsGroup extends HttpApiGroup.make("teams")
  .add(
    HttpApiEndpoint.get("list", "/teams", {
      query,
      success: Schema.Struct({
        teams: Schema.Array(Schema.Struct({ hostname: Schema.String, team_assignment: Schema.String })),
        pagination: More
      }),
      error: [Invalid, Unavailable]
    }).middleware(ViewerOnly).annotate(OpenApi.Summary, "All device teams, by host"),
    HttpApiEndpoint.post("add", "/teams", {
      headers: conditions,
      payload: Schema.Struct({ hostname: HostPattern, team_assignment: Team, reason: Reason, force: Force }),
      success: Done.pipe(HttpApiSchema.status(201)),
      error: [HostExists, ...editRefusals]
    }).middleware(Idempotent).middleware(OperatorOnly).annotate(OpenApi.Summary, "Give a host or a pattern a team"),
    HttpApiEndpoint.put("update", "/teams/:hostname", {
      params,
      headers: conditions,
      payload: Schema.Struct({ team_assignment: Team, reason: Reason, force: Force }),
      success: Done,
      error: [HostNotFound, ...editRefusals]
    }).middleware(Idempotent).middleware(OperatorOnly).annotate(OpenApi.Summary, "Give a host another team"),
    HttpApiEndpoint.delete("remove", "/teams/:hostname", {
      params,
      headers: conditions,
      payload: EditOnly,
      success: Done,
      error: [HostNotFound, ...editRefusals]
    }).middleware(Idempotent).middleware(OperatorOnly).annotate(OpenApi.Summary, "Take a host's team away")
  )
  .middleware(KnownQuery)
  .middleware(Authenticated)
  .annotateMerge(OpenApi.annotations({ title: "Teams" }))
{}
