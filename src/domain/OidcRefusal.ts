/** Why a login at the provider did not come about, and what the console says of it. */
export const oidcRefusals = {
  away: "The provider of logins does not answer. Try again, or use a key.",
  late: "That login took longer than ten minutes, or began in another browser. Begin again.",
  unproved: "What the provider answered proves no login. Begin again.",
  no_role: "The provider knows you, and gives you no role here. Whoever manages groups there can change that.",
  no_name: "The provider calls you by no name that the record of changes can keep.",
  plain_http: "A login needs TLS, or to be made on the machine of MUTT itself."
} as const
export type OidcRefusal = keyof typeof oidcRefusals

export const isOidcRefusal = (text: string): text is OidcRefusal => Object.hasOwn(oidcRefusals, text)
