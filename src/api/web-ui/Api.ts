import { HttpApi, type HttpApiEndpoint, OpenApi } from "effect/http-api"
import { mapOperations, pathsOf, withTypedParameters } from "../shared/document.ts"
import { Idempotent, keyParameter } from "../shared/Idempotency.ts"
import { ReadableRequest } from "../shared/ReadableRequest.ts"
import { version } from "../shared/version.ts"
import { AlertsGroup } from "./Alerts.ts"
import { ArchivesGroup } from "./Archives.ts"
import { AuditLogsGroup } from "./AuditLogs.ts"
import { BacktestsGroup } from "./Backtests.ts"
import { DeadLettersGroup } from "./DeadLetters.ts"
import { DecodeReportGroup } from "./DecodeReport.ts"
import { EventListsGroup } from "./EventLists.ts"
import { EventsGroup } from "./Events.ts"
import { HeardHostsGroup } from "./HeardHosts.ts"
import { DevHostsGroup, TeamsGroup } from "./Hosts.ts"
import { HostZonesGroup } from "./HostZones.ts"
import { KeysGroup } from "./Keys.ts"
import { OverviewGroup } from "./Overview.ts"
import { RecoveryGroup } from "./Recovery.ts"
import { RotationGroup } from "./Rotation.ts"
import { RulesGroup } from "./Rules.ts"
import { RulesAtWorkGroup } from "./RulesAtWork.ts"
import { RuleVersionsGroup } from "./RuleVersions.ts"
import { SavedViewsGroup } from "./SavedViews.ts"
import { SessionGroup } from "./Session.ts"
import { SettingsGroup } from "./Settings.ts"
import { SilencePreviewsGroup } from "./SilencePreviews.ts"
import { SilencesGroup } from "./Silences.ts"
import { StreamGroup } from "./Stream.ts"

/** Each path is served under the second prefix too, with the same bodies. */
export const canonicalPrefix = "/api/v1"
export const aliasPrefix = "/api/v2"

export class WebUiApi extends HttpApi.make("web-ui")
  .add(
    RulesGroup,
    RuleVersionsGroup,
    RulesAtWorkGroup,
    BacktestsGroup,
    DevHostsGroup,
    TeamsGroup,
    HostZonesGroup,
    HeardHostsGroup,
    AuditLogsGroup,
    EventsGroup,
    EventListsGroup,
    AlertsGroup,
    DeadLettersGroup,
    DecodeReportGroup,
    OverviewGroup,
    RecoveryGroup,
    RotationGroup,
    SessionGroup,
    SettingsGroup,
    SilencesGroup,
    SilencePreviewsGroup,
    StreamGroup,
    SavedViewsGroup,
    KeysGroup,
    ArchivesGroup
  )
  .middleware(ReadableRequest)
  .prefix(canonicalPrefix)
  .annotate(HttpApi.ParseOptions, { errors: "all" })
  .annotate(HttpApi.PayloadParseOptions, { errors: "all", onExcessProperty: "error" })
  .annotateMerge(OpenApi.annotations({
    title: "MUTT",
    version,
    description:
      "Rules, hosts, teams, audit, dead letters, misread hosts and rates. Every error is problem details (RFC 9457) with a stable `_tag`.",
    transform: (document) =>
      withAliases(
        mapOperations(document, (operation, path, method) =>
          withKeyParameter(withTypedParameters(operation), path, method))
      )
  }))
{}

const endpoints = (): ReadonlyArray<HttpApiEndpoint.Top> =>
  Object.values(WebUiApi.groups).flatMap(({ endpoints }): ReadonlyArray<HttpApiEndpoint.Top> =>
    Object.values(endpoints)
  )

/** Describes the header that every write takes. */
const withKeyParameter = (operation: Record<string, unknown>, path: string, method: string) => {
  const pattern = path.replaceAll(/\{(\w+)\}/g, ":$1")
  const writes = endpoints().some((one) =>
    one.path === pattern && one.method.toLowerCase() === method && one.middlewares.has(Idempotent)
  )
  if (!writes) return operation
  const { parameters } = operation
  return { ...operation, parameters: [...(Array.isArray(parameters) ? parameters : []), keyParameter] }
}

/** Describes the alias paths beside the canonical ones. Operation ids must be unique in the document. */
const withAliases = (document: Record<string, unknown>) => {
  const renamed = mapOperations(
    document,
    (operation) => ({ ...operation, operationId: `${operation["operationId"]}V2` })
  )
  const aliases = new Map(pathsOf(renamed))
  const paths = pathsOf(document).flatMap(([path, item]) =>
    path.startsWith(canonicalPrefix)
      ? [[path, item], [aliasPrefix + path.slice(canonicalPrefix.length), aliases.get(path)]]
      : [[path, item]]
  )
  return { ...document, paths: Object.fromEntries(paths) }
}

/**
 * Paths that fit the pattern of another path too, and the methods that each answers: `/rules/test` is no rule of the
 * number "test". The router tells all others apart.
 */
export const ambiguousPaths: ReadonlyMap<string, ReadonlyArray<string>> = (() => {
  const all = endpoints()
  const patterns = all.filter(({ path }) => path.includes(":"))
    .map(({ path }) => new RegExp(`^${path.replaceAll(/:\w+/g, "[^/]+")}$`))
  const found = new Map<string, ReadonlyArray<string>>()
  for (const { method, path } of all) {
    if (path.includes(":") || !patterns.some((pattern) => pattern.test(path))) continue
    for (const prefix of [canonicalPrefix, aliasPrefix]) {
      const one = prefix + path.slice(canonicalPrefix.length)
      found.set(one, [...found.get(one) ?? [], method])
    }
  }
  return found
})()
