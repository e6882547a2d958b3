import { Effect, Layer } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { AccessLayer } from "../../layers/http/AccessLayer.ts"
import { serveProgram } from "../../layers/http/CommonRoutes.ts"
import { durabilityCheck } from "../../layers/http/durabilityCheck.ts"
import { type Check, postgresCheck, queueFormatCheck, redisCheck, schemaCheck } from "../../layers/http/HealthCheck.ts"
import { IdempotencyLayer } from "../../layers/http/IdempotencyLayer.ts"
import { AliasedPaths } from "../../layers/http/pathAliases.ts"
import { KnownQueryLayer, ReadableRequestLayer } from "../../layers/http/ReadableRequestLayer.ts"
import { recordCheck } from "../../layers/http/recordCheck.ts"
import { rightsCheck } from "../../layers/http/rightsCheck.ts"
import { timeZoneAgreement } from "../../layers/http/timeZoneAgreement.ts"
import { aliasPrefix, canonicalPrefix, WebUiApi } from "../../src/api/web-ui/Api.ts"
import { AlertPages } from "./alerts/AlertPages.ts"
import { AlertsHandlers } from "./alerts/AlertRoutes.ts"
import { AuditLogsHandlers } from "./audit/AuditLogRoutes.ts"
import { ChainVerdict } from "./audit/ChainVerdict.ts"
import { auditChainCheck, databaseRoleCheck } from "./audit/checks.ts"
import { Backtester } from "./backtest/Backtester.ts"
import { BacktestsHandlers } from "./backtest/BacktestRoutes.ts"
import { SettingsHandlers } from "./config/ConfigRoutes.ts"
import { OpenStreams } from "./config/OpenStreams.ts"
import { DeadLettersHandlers } from "./deadLetters/DeadLetterRoutes.ts"
import { QuarantineReplay } from "./deadLetters/QuarantineReplay.ts"
import { DecodeReportHandlers } from "./decodeReport/DecodeReportRoutes.ts"
import { AlertTracker } from "./events/AlertTracker.ts"
import { EventExplainer } from "./events/EventExplainer.ts"
import { EventListsHandlers } from "./events/EventListRoutes.ts"
import { EventsHandlers } from "./events/EventRoutes.ts"
import { EventTails } from "./events/EventTails.ts"
import { FleetLook } from "./fleet/FleetLook.ts"
import { FlowHistory } from "./flow/FlowHistory.ts"
import { HeardHostsHandlers } from "./hosts/HeardHostRoutes.ts"
import { HeardHosts } from "./hosts/HeardHosts.ts"
import { HostPatternsNow } from "./hosts/HostPatternsNow.ts"
import { DevHostsHandlers, TeamsHandlers } from "./hosts/HostRoutes.ts"
import { HostZonesHandlers } from "./hosts/HostZoneRoutes.ts"
import { versionHeaders } from "./http/apiVersion.ts"
import { Console } from "./http/Console.ts"
import { Docs } from "./http/DocsRoutes.ts"
import { FixedPaths } from "./http/FixedPaths.ts"
import { RequestMetrics } from "./http/RequestMetrics.ts"
import { KeysHandlers } from "./keys/KeyRoutes.ts"
import { IngestRates } from "./overview/IngestRates.ts"
import { Objectives } from "./overview/Objectives.ts"
import { OverviewHandlers } from "./overview/OverviewRoutes.ts"
import { ProgramStatuses } from "./overview/ProgramStatuses.ts"
import { RecordComparison } from "./overview/RecordComparison.ts"
import { RecoveryHandlers } from "./recovery/RecoveryRoutes.ts"
import { archiveCheck } from "./retention/archiveCheck.ts"
import { ArchivesHandlers } from "./retention/ArchiveRoutes.ts"
import { RotationHandlers } from "./rotation/RotationRoutes.ts"
import { JudgedEdits } from "./rules/JudgedEdits.ts"
import { RuleLint } from "./rules/RuleLint.ts"
import { RulesHandlers } from "./rules/RuleRoutes.ts"
import { RulesAtWorkHandlers } from "./rules/RulesAtWorkRoutes.ts"
import { RuleTester } from "./rules/RuleTester.ts"
import { LargeBodyLayer, RuleVersionsHandlers } from "./rules/RuleVersionRoutes.ts"
import { OidcRoutes } from "./session/OidcRoutes.ts"
import { SessionHandlers, SessionLayer } from "./session/SessionRoutes.ts"
import { SilencePreviewer } from "./silences/SilencePreviewer.ts"
import { SilencePreviewsHandlers } from "./silences/SilencePreviewRoutes.ts"
import { SilencesHandlers } from "./silences/SilenceRoutes.ts"
import { StreamHandlers } from "./stream/StreamRoutes.ts"
import { TopicFeeds } from "./stream/TopicFeeds.ts"
import { SavedViewsHandlers } from "./views/SavedViewRoutes.ts"

/** Assembles the handlers of every group and their services. */
export const Handlers = Layer.mergeAll(
  RulesHandlers,
  RuleVersionsHandlers,
  RulesAtWorkHandlers,
  BacktestsHandlers,
  DevHostsHandlers,
  TeamsHandlers,
  HostZonesHandlers,
  HeardHostsHandlers,
  AuditLogsHandlers,
  EventsHandlers,
  EventListsHandlers,
  AlertsHandlers,
  DeadLettersHandlers,
  DecodeReportHandlers,
  OverviewHandlers,
  RecoveryHandlers,
  RotationHandlers,
  SessionHandlers,
  SettingsHandlers,
  SilencesHandlers,
  SilencePreviewsHandlers,
  StreamHandlers,
  SavedViewsHandlers,
  KeysHandlers,
  ArchivesHandlers
).pipe(
  Layer.provide(TopicFeeds.layer),
  Layer.provide([
    EventExplainer.layer.pipe(Layer.provide(AlertTracker.layer)),
    EventTails.layer,
    HeardHosts.layer,
    HostPatternsNow.layer,
    ChainVerdict.layer,
    AlertPages.layer,
    Backtester.layer,
    SilencePreviewer.layer,
    QuarantineReplay.layer,
    OpenStreams.layer,
    RuleTester.layer.pipe(Layer.provide(HostPatternsNow.layer)),
    RuleLint.layer,
    JudgedEdits.layer,
    IngestRates.layer,
    FlowHistory.layer,
    FleetLook.layer.pipe(Layer.provide(ProgramStatuses.layer)),
    ProgramStatuses.layer,
    RecordComparison.layer,
    Objectives.layer
  ]),
  Layer.provideMerge(
    Layer.mergeAll(AccessLayer, IdempotencyLayer, LargeBodyLayer, KnownQueryLayer, ReadableRequestLayer)
  )
)

const Api = HttpApiBuilder.layer(WebUiApi).pipe(
  Layer.provide(Handlers),
  Layer.provide(RequestMetrics.layer),
  Layer.provide(AliasedPaths(canonicalPrefix, aliasPrefix))
)

/** Serves the whole web UI. What it needs is in its type: `main.ts` provides it. */
export const Program = serveProgram({
  program: "web-ui",
  description: "Rules, hosts, teams, audit, dead letters and rates, for people and scripts.",
  endpoints: {
    "GET /console/": "the console, for people",
    "GET /openapi.json": "the API",
    "GET /docs": "the API, to read and try"
  },
  checks: Effect.all([
    redisCheck,
    queueFormatCheck,
    postgresCheck,
    schemaCheck,
    durabilityCheck(false),
    recordCheck,
    auditChainCheck,
    databaseRoleCheck,
    rightsCheck,
    archiveCheck,
    Effect.map(timeZoneAgreement, (check): Check => ({ name: "silences", required: false, check }))
  ]),
  routes: Layer.mergeAll(Api, FixedPaths, Docs, Console, OidcRoutes),
  headers: {
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY"
  },
  headersFor: versionHeaders,
  ownRoot: true
}).pipe(Layer.provide(SessionLayer))
