/** The settings of a web-ui where people log in by key alone. */
export const noOidc = {
  plainHttp: false,
  oidcIssuer: undefined,
  oidcClientId: undefined,
  oidcRoleClaim: "groups",
  oidcRoles: undefined
}
