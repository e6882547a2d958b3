/** Settings of the parts of the web-ui that are off by default: the canary, logins at a provider, archives in buckets. */
export const withoutMore = {
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
