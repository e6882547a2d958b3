/** `unreadable`: no path at all. `folded`: a path that some normalise to another, dropping control characters, say. */
type TargetFault = "unreadable" | "folded"

/** Nearly every target: segments of plain characters, none of which begins with a dot. */
const plain = /^(?:\/[\w~-][\w.~!$&'()*+,=:@-]*)+$/

/** Addresses that people type, and that are routes as they stand. */
const endsInSlash = new Set(["/", "/console/"])

/**
 * What is wrong with the target of a request, if anything. A proxy in front of MUTT decides by the path as it is
 * written, so a path that would be normalised to a route is refused.
 */
export const targetFault = (target: string): TargetFault | undefined => {
  if (plain.test(target)) return undefined
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  if (/[\u0000-\u001f\u007f]|%00/.test(target)) return "unreadable"
  const path = pathOf(target)
  if (path === undefined) return undefined
  if (path.includes("\\") || !isUtf8(path)) return "unreadable"
  if (endsInSlash.has(path)) return undefined
  return /[;#]|\/\/|\/$|\/\.{1,2}(?:\/|$)|%(?:[01][0-9a-f]|7f)/i.test(path) || encodesPlain(path) ? "folded" : undefined
}

/** The path without query, and without the server's name of a request to a proxy; `undefined` for `*`. */
export const pathOf = (target: string): string | undefined => {
  if (target === "*") return undefined
  const [authority] = /^https?:\/\/[^/?#]*/i.exec(target) ?? [""]
  const query = target.indexOf("?")
  const path = target.slice(authority.length, query < 0 ? undefined : query)
  return path === "" && authority !== "" ? "/" : path
}

/** Each `%` begins two digits, and the bytes they stand for are UTF-8. */
const isUtf8 = (path: string): boolean => {
  if (!path.includes("%")) return true
  try {
    decodeURIComponent(path)
    return true
  } catch {
    return false
  }
}

/** Letters, digits and `-._~`, which nobody needs to encode. */
const encodesPlain = (path: string): boolean =>
  path.includes("%") && /%(?:2[de]|3[0-9]|[46][1-9a-f]|[57][0-9a]|5f|7e)/i.test(path)

const hostForm = /^(?:[\w.~-]*|\[[0-9a-f:.]+(?:%[\w.~-]+)?\])(?::\d{1,5})?$/i

/**
 * Makes a check that a request has one good Host header at most: with two, a proxy may have decided by the other. Takes
 * names and values in turn.
 */
export const makeHostCheck = () => {
  /** The last good one: a server has few names. */
  let known: string | undefined
  const isHost = (text: string): boolean => {
    if (text === known) return true
    if (!hostForm.test(text)) return false
    known = text
    return true
  }
  return (rawHeaders: ReadonlyArray<string>): boolean => {
    let found = false
    for (let at = 0; at < rawHeaders.length; at += 2) {
      const name = rawHeaders[at] ?? ""
      // Most names are told apart by their length.
      if (name.length !== 4 || (name !== "Host" && name.toLowerCase() !== "host")) continue
      if (found || !isHost(rawHeaders[at + 1] ?? "")) return false
      found = true
    }
    return true
  }
}
