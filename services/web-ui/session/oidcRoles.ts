import { Role } from "../../../src/domain/Role.ts"

/** Who of the provider has which role: one value of the claim, or everybody with `*`. */
export interface OidcRole {
  readonly role: Role
  readonly value: string
}

const roles: ReadonlyArray<Role> = Role.literals.filter((role) => role !== "ingest")

/** Reads `admin=netops,operator=noc,viewer=*`; a role may come again. Or says what is wrong. */
export const parseOidcRoles = (text: string): ReadonlyArray<OidcRole> | string => {
  const found: Array<OidcRole> = []
  for (const part of text.split(",").map((piece) => piece.trim()).filter((piece) => piece !== "")) {
    const at = part.indexOf("=")
    const role = roles.find((one) => one === part.slice(0, Math.max(at, 0)).trim())
    const value = part.slice(at + 1).trim()
    if (role === undefined || value === "") return "it is no list such as admin=netops,operator=noc,viewer=*"
    if (role === "admin" && value === "*") return "it makes everybody an admin"
    found.push({ role, value })
  }
  return found
}

export type Claims = Readonly<Record<string, unknown>>

/** Dots lead into objects: `realm_access.roles`. A claim whose name has dots itself comes first. */
const claimAt = (claims: Claims, path: string): unknown => {
  if (Object.hasOwn(claims, path)) return claims[path]
  return path.split(".").reduce<unknown>(
    (within, name) =>
      typeof within === "object" && within !== null && Object.hasOwn(within, name)
        ? Reflect.get(within, name)
        : undefined,
    claims
  )
}

/** Whether the claims leave open which role somebody has, and another answer may tell it. */
export const lacksRole = (claims: Claims, path: string, wanted: ReadonlyArray<OidcRole>): boolean =>
  claimAt(claims, path) === undefined && wanted.some(({ value }) => value !== "*")

/**
 * What userinfo adds to the claims of an ID token: the claim of the role, and a name where the token has none. Nothing
 * else of it counts: it is no proof, and says nothing of this login.
 */
export const completedBy = (info: Claims, claims: Claims, path: string): Claims => {
  const isNamed = claims["email"] !== undefined || claims["preferred_username"] !== undefined
  const names = isNamed ? [] : ["email", "email_verified", "preferred_username"]
  const role = Object.hasOwn(info, path) ? path : path.split(".")[0] ?? path
  const added = [...names, ...claimAt(info, path) === undefined ? [] : [role]]
  return { ...claims, ...Object.fromEntries(added.flatMap((name) => name in info ? [[name, info[name]]] : [])) }
}

/** The highest role that somebody with these claims has; `undefined`: none. */
export const roleOfClaims = (claims: Claims, path: string, wanted: ReadonlyArray<OidcRole>): Role | undefined => {
  const claim = claimAt(claims, path)
  const values = Array.isArray(claim) ? claim : [claim]
  const has = (role: Role) =>
    wanted.some((one) => one.role === role && (one.value === "*" || values.includes(one.value)))
  return roles.findLast(has)
}

/** How the record names somebody: by an address that the provider has checked, or by what it calls him. */
export const personOfClaims = ({ email, email_verified, preferred_username, sub }: Claims): string | undefined =>
  [email_verified === true ? email : undefined, preferred_username, sub].find((name) => typeof name === "string")
