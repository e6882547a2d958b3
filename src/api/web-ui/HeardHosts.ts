import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { Environment, HostPattern } from "../../domain/Rule.ts"
import { Authenticated, OperatorOnly, ViewerOnly } from "../shared/Access.ts"
import { Reason, text } from "../shared/fields.ts"
import { Idempotent } from "../shared/Idempotency.ts"
import { Invalid, Unavailable } from "../shared/Problems.ts"
import { KnownQuery } from "../shared/ReadableRequest.ts"
import { limit, Pagination } from "./paging.ts"
import { editRefusals, Force } from "./Rules.ts"
import { LargeBody } from "./RuleVersions.ts"
import { conditions } from "./Settings.ts"

/** A host that sent something, and by which pattern it is what it is. */
export const HostView = Schema.Struct({
  hostname: Schema.String,
  /** When its newest event arrived; `null`: nothing of it was found. */
  last_at: Schema.NullOr(Schema.String),
  /** Events that arrived in the last 24 hours; from a sample where the answer says `exact: false`. */
  count_24h: Schema.Int,
  environment: Environment,
  /** The development host or pattern that says `dev`; `null`: none does, so it is `prod`. */
  environment_by: Schema.NullOr(Schema.String),
  /** Who looks after it when no rule says. */
  team: Schema.String,
  /** The host or pattern that has the team; `null`: none has, so it is the team of all others. */
  team_by: Schema.NullOr(Schema.String),
  /**
   * Numbers of the silences in force now that name the host, or all hosts, oldest first. One may be about a part of its
   * events only.
   */
  silenced_by: Schema.Array(Schema.Int)
}).annotate({ identifier: "Host" })
export type HostView = typeof HostView.Type

/** How the numbers were found. */
const found = {
  /** `false`: the counts come from a sample, multiplied. */
  exact: Schema.Boolean,
  /** When it was looked. */
  as_of: Schema.String
}

export const HostDetail = Schema.Struct({ ...HostView.fields, ...found }).annotate({ identifier: "HostDetail" })
export type HostDetail = typeof HostDetail.Type

/** Rows of one import. */
export const mostImported = 10_000

/** What a host or pattern is to be; what is absent stays as it is. */
export const ImportedHost = Schema.Struct({
  hostname: HostPattern,
  /** `dev`: is among the development hosts. `prod`: is not. */
  environment: Schema.optionalKey(Environment),
  /** `null` takes the team away. */
  team: Schema.optionalKey(Schema.NullOr(text(100)))
}).check(Schema.makeFilter(
  ({ environment, team }) =>
    environment !== undefined || team !== undefined || { path: ["environment"], issue: "Is needed without a team" },
  { toJsonSchema: () => ({ anyOf: [{ required: ["environment"] }, { required: ["team"] }] }) }
)).annotate({ identifier: "ImportedHost" })
export type ImportedHost = typeof ImportedHost.Type

/** What an import changed, or would change. */
export const HostsImported = Schema.Struct({
  dry_run: Schema.Boolean,
  /** The version of rules, hosts, teams and tests now; that of before when nothing differs. */
  version: Schema.Int,
  development_hosts: Schema.Struct({ added: Schema.Array(Schema.String), removed: Schema.Array(Schema.String) }),
  teams: Schema.Array(Schema.Struct({
    hostname: Schema.String,
    before: Schema.NullOr(Schema.String),
    after: Schema.NullOr(Schema.String)
  })),
  /** Rows that say what is so already. */
  unchanged: Schema.Int
}).annotate({ identifier: "HostsImported" })
export type HostsImported = typeof HostsImported.Type

/** A host; a pattern is none. */
const hostname = text(255).check(Schema.isPattern(/^[^*?]+$/u))

/** Every host heard of, with what the tables of development hosts, teams and silences make of it. */
export class HeardHostsGroup extends HttpApiGroup.make("heardHosts")
  .add(
    HttpApiEndpoint.get("list", "/hosts", {
      query: {
        limit: Schema.optionalKey(limit),
        /** `next_cursor` of the page before. */
        cursor: Schema.optionalKey(text(512)),
        team: Schema.optionalKey(text(100)),
        env: Schema.optionalKey(Environment),
        /** `1`: only hosts without an event in the last 24 hours; `0`: only the others. */
        quiet: Schema.optionalKey(Schema.Literals(["0", "1"])),
        /** Is within the name, without case. */
        text: Schema.optionalKey(text(255))
      },
      success: Schema.Struct({
        hosts: Schema.Array(HostView),
        ...found,
        /** `false`: there are more hosts than were looked at in the time there is. */
        complete: Schema.Boolean,
        /** Days of the record in which hosts were looked for. */
        days: Schema.Int,
        pagination: Schema.Struct({
          limit: Schema.Int,
          has_more: Schema.Boolean,
          next_cursor: Pagination.fields.next_cursor
        })
      }),
      error: [Invalid, Unavailable]
    }).middleware(ViewerOnly).annotate(OpenApi.Summary, "Every host heard of, by name, and who looks after it"),
    HttpApiEndpoint.get("byName", "/hosts/:hostname", {
      params: { hostname },
      success: HostDetail,
      error: [Invalid, Unavailable]
    }).middleware(ViewerOnly).annotate(OpenApi.Summary, "One host, also one that nothing was heard of yet"),
    HttpApiEndpoint.post("import", "/hosts/import", {
      headers: conditions,
      payload: Schema.Struct({
        rows: Schema.Array(ImportedHost).check(Schema.isMinLength(1), Schema.isMaxLength(mostImported)),
        /** Check and compare only. */
        dry_run: Schema.optionalKey(Schema.Boolean),
        reason: Reason,
        force: Force
      }),
      success: HostsImported,
      error: editRefusals
    }).middleware(Idempotent).middleware(OperatorOnly).middleware(LargeBody).annotate(
      OpenApi.Summary,
      "Change development hosts and teams as one version, or see what would change"
    )
  )
  .middleware(KnownQuery)
  .middleware(Authenticated)
  .annotateMerge(OpenApi.annotations({ title: "Hosts" }))
{}
