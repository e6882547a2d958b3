import { Schema } from "effect"
import { type Caller, Role } from "../../../src/domain/Role.ts"

/** One login of the console, as its cookie holds it. Times are milliseconds since 1970. */
export const Login = Schema.Struct({
  /** No two have the same. */
  id: Schema.String,
  caller: Schema.String,
  role: Role,
  person: Schema.NullOr(Schema.String),
  via: Schema.Literals(["key", "oidc"]),
  /** Of the key; `null` where there was none. */
  fingerprint: Schema.NullOr(Schema.String),
  /** For a screen on a wall. */
  wall: Schema.Boolean,
  began: Schema.Int,
  /** When its cookie was sealed last. */
  used: Schema.Int,
  /** When the key was shown last. */
  proved: Schema.Int
})
export type Login = typeof Login.Type

const minute = 60_000
const hour = 60 * minute
const longestMs = 12 * hour
const longestOnWallMs = 30 * 24 * hour
const idleMs = hour
const provedMs = 15 * minute

/** When it ends at the latest. */
export const endsAt = ({ began, wall }: Login): number => began + (wall ? longestOnWallMs : longestMs)

/** When it ends unless it is used; a screen on a wall is looked at, and used by nobody. */
export const idleUntil = (login: Login): number | undefined =>
  login.wall ? undefined : Math.min(login.used + idleMs, endsAt(login))

export const aliveUntil = (login: Login): number => idleUntil(login) ?? endsAt(login)

/** Until when it may change what needs an admin. */
export const provedUntil = ({ proved }: Login): number => proved + provedMs

/** Is it to be sealed again, since it is in use? */
export const isRenewable = ({ used, wall }: Login, now: number): boolean => !wall && now >= used + minute

/** `notBefore` is the setting `session_not_before`: a time to come ends nothing yet. */
export const isOver = (login: Login, now: number, notBefore: number): boolean =>
  now >= aliveUntil(login) || (notBefore <= now && login.began < notBefore)

/** The caller that a request with this login has. */
export const callerOfLogin = (login: Login, now: number, isChange: boolean): Caller => ({
  name: login.caller,
  role: login.role,
  ...(login.person === null ? {} : { person: login.person }),
  ...(isChange && login.role === "admin" && now >= provedUntil(login) ? { mustShowKey: true } : {})
})
