import { Schema } from "effect"

/** `ingest`: send events. `viewer`: read. `operator`: rules, hosts, dead letters. `admin`: settings, rotation, keys. */
export const Role = Schema.Literals(["ingest", "viewer", "operator", "admin"])
export type Role = typeof Role.Type

const rank: Readonly<Record<Role, number>> = { ingest: 0, viewer: 1, operator: 2, admin: 3 }

/** Does the role include what is needed? `ingest` keys only send; the others build on each other; `admin` may send too. */
export const permits = (has: Role, needs: Role): boolean =>
  needs === "ingest" ? has === "ingest" || has === "admin" : has !== "ingest" && rank[has] >= rank[needs]

/** The caller of a request. `name` becomes the `actor` of audit entries; it is never derived from the key. */
export interface Caller {
  readonly name: string
  readonly role: Role
  /** Who of those that share the key, as the login of the console says. */
  readonly person?: string | undefined
  /** A login whose key was shown too long ago for a change that needs an admin. */
  readonly mustShowKey?: boolean | undefined
}
