import { archiveKeyName, baseName, callerOf, oidcSecretName, partOf, sessionKeyName } from "./names.ts"

const isAdminKey = (base: string) => callerOf(base)?.role === "admin"

/**
 * Whether only the web-ui program needs the secret: the administrator of Redis, the keys of role admin, what seals
 * logins, which can make an admin's, and the key of the archive. They belong into a document that no other program can
 * read.
 */
export const isAdminSecret = (name: string): boolean => {
  const { base } = partOf(name)
  return base === "REDIS_ADMIN_PASS" || base === "REDIS_ADMIN_USER" || base === sessionKeyName ||
    base === oidcSecretName || base === archiveKeyName || isAdminKey(base)
}

/**
 * Tells which names of the document of all programs don't count beside the web-ui's own, given the names of that one.
 * Whoever may write the first must not make an administrator by it: not by another slot of a key, nor by a new key.
 */
export const overruledBy = (own: Iterable<string>): (name: string) => boolean => {
  const bases = new Set([...own].map(baseName))
  const hasKey = [...bases].some(isAdminKey)
  return (name) => bases.has(baseName(name)) || (hasKey && isAdminKey(baseName(name)))
}
