import { Schema } from "effect"

/** `ingest`: send events. `viewer`: read. `operator`: rules, hosts, teams, dead letters. `admin`: settings, rotation, keys. */
export const Role = Schema.Literals(["ingest", "viewer", "operator", "admin"])
export type Role = typeof Role.Type

const rank: Readonly<Record<Role, number>> = { ingest: 0, viewer: 1, operator: 2, admin: 3 }

/** May a key of role `has` do what `needs` asks? `ingest` keys only send; the other three build on each other; `admin` may send too. */
export const permits = (has: Role, needs: Role): boolean =>
  needs === "ingest" ? has === "ingest" || has === "admin" : has !== "ingest" && rank[has] >= rank[needs]

/** Who is calling. `name` becomes the `actor` of audit entries; it is never derived from the key itself. */
export interface Caller {
  readonly name: string
  readonly role: Role
}
