const numeric = /^\d+(?:\.\d+)*$/

/**
 * An object identifier as MUTT compares it: digits and dots, no leading dot, no leading zeros; `iso.` reads as `1.`. A
 * trailing `.*` is dropped, since a rule's OID means "this and everything below" anyway. `undefined` when it is no OID.
 */
export const normaliseOid = (text: string): string | undefined => {
  const bare = text.trim().replace(/^\./, "").replace(/^iso(?=\.|$)/i, "1").replace(/\.\*$/, "")
  return numeric.test(bare) ? bare.split(".").map((arc) => arc.replace(/^0+(?=\d)/, "")).join(".") : undefined
}

/** Is `oid` the same as `prefix` or below it, arc by arc? `1.3.6.1.4.1.99` is not below `1.3.6.1.4.1.9`. */
export const isUnderOid = (oid: string, prefix: string): boolean =>
  oid.startsWith(prefix) && (oid.length === prefix.length || oid.charCodeAt(prefix.length) === 46)
