import {
  standardReading,
  standardScan,
  standardStreams,
  type WebUiValues
} from "../../../services/web-ui/WebUiSettings.ts"

/** What a web-ui of tests is set to, where its test says no more. */
export const settingsOfTests: WebUiValues = {
  ...standardStreams,
  ...standardScan,
  ...standardReading,
  rulesFileMaxBytes: 8_388_608,
  pageMaxBytes: 4_194_304,
  trialSeconds: 2,
  recordCheckHours: 3,
  checkpointFile: undefined,
  prometheusUrl: undefined,
  trapNamesPath: undefined,
  consoleFolder: "/nowhere",
  ingestDurability: "local",
  ingestDurabilityTimeoutMs: 2_000,
  rotatorRole: undefined,
  rotatorRoleId: undefined,
  rotatorSecretIdFile: undefined,
  programs: [{ program: "alerter", url: "http://127.0.0.1:1" }],
  // The canary, logins at a provider and archives in buckets are off, as by default.
  canarySeconds: 0,
  canaryTimeout: 60_000,
  canaryUrl: "http://127.0.0.1:1",
  plainHttp: false,
  oidcIssuer: undefined,
  oidcClientId: undefined,
  oidcRoleClaim: "groups",
  oidcRoles: undefined,
  s3Endpoint: undefined,
  s3Region: "us-east-1",
  s3CaFile: undefined
}
