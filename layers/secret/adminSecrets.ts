import { callerOf, partOf } from "./names.ts"

/**
 * Whether only the web-ui program needs the secret: the administrator of Redis and the keys of role admin. They belong
 * into a document that no other program can read.
 */
export const isAdminSecret = (name: string): boolean => {
  const { base } = partOf(name)
  return base === "REDIS_ADMIN_PASS" || base === "REDIS_ADMIN_USER" || callerOf(base)?.role === "admin"
}
