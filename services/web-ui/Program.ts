import { Effect, Layer } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { AccessLayer } from "../../layers/http/AccessLayer.ts"
import { AliasedPaths } from "../../layers/http/aliases.ts"
import { postgresCheck, redisCheck } from "../../layers/http/checks.ts"
import { serveProgram } from "../../layers/http/CommonRoutes.ts"
import { IdempotencyLayer } from "../../layers/http/IdempotencyLayer.ts"
import { KnownQueryLayer, ReadableRequestLayer } from "../../layers/http/ReadableRequestLayer.ts"
import { aliasPrefix, canonicalPrefix, WebUiApi } from "../../src/api/web-ui/Api.ts"
import { versionHeaders } from "./apiVersion.ts"
import { Fleet } from "./Fleet.ts"
import { AuditLogsHandlers } from "./http/AuditLogs.ts"
import { DeadLettersHandlers } from "./http/DeadLetters.ts"
import { DecodeReportHandlers } from "./http/DecodeReport.ts"
import { Docs } from "./http/Docs.ts"
import { FixedPaths } from "./http/FixedPaths.ts"
import { DevHostsHandlers, TeamsHandlers } from "./http/Hosts.ts"
import { HostZonesHandlers } from "./http/HostZones.ts"
import { Measured } from "./http/Measured.ts"
import { OverviewHandlers } from "./http/Overview.ts"
import { Page } from "./http/Page.ts"
import { RotationHandlers } from "./http/Rotation.ts"
import { RulesHandlers } from "./http/Rules.ts"
import { SettingsHandlers } from "./http/Settings.ts"
import { OpenStreams } from "./OpenStreams.ts"
import { QuarantineReplay } from "./QuarantineReplay.ts"
import { Rates } from "./Rates.ts"
import { RuleTrial } from "./RuleTrial.ts"
import { SettingsDesk } from "./SettingsDesk.ts"

/** The handlers of every group, with what they are made of. Needs the layers; knows no server. */
export const Handlers = Layer.mergeAll(
  RulesHandlers,
  DevHostsHandlers,
  TeamsHandlers,
  HostZonesHandlers,
  AuditLogsHandlers,
  DeadLettersHandlers,
  DecodeReportHandlers,
  OverviewHandlers,
  RotationHandlers,
  SettingsHandlers
).pipe(
  Layer.provide([
    QuarantineReplay.layer,
    OpenStreams.layer,
    RuleTrial.layer,
    Rates.layer,
    Fleet.layer,
    SettingsDesk.layer
  ]),
  Layer.provideMerge(Layer.mergeAll(AccessLayer, IdempotencyLayer, KnownQueryLayer, ReadableRequestLayer))
)

const Api = HttpApiBuilder.layer(WebUiApi).pipe(
  Layer.provide(Handlers),
  Layer.provide(Measured.layer),
  Layer.provide(AliasedPaths(canonicalPrefix, aliasPrefix))
)

/** The whole web UI. Needs: rules, audits, the queue's books, dead letters and decode report, settings, secrets, keyed requests, and an HttpServer to stand on. */
export const Program = serveProgram({
  program: "web-ui",
  description: "Rules, hosts, teams, audit, dead letters and rates, for people and scripts.",
  endpoints: { "GET /openapi.json": "the API", "GET /docs": "the API, to read and try" },
  checks: Effect.all([redisCheck, postgresCheck]),
  routes: Layer.mergeAll(Api, FixedPaths, Docs, Page),
  headers: {
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY"
  },
  headersFor: versionHeaders,
  ownRoot: true
})
