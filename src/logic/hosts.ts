/**
 * Looks up host names among names and globs, without case. A name is compared whole: `sw1` is not `sw1.example.com`;
 * `sw1*` is both. In a glob `*` is any number of characters, dots too, and `?` is one.
 */
interface HostTable<A> {
  /** A name goes before a glob, a glob with more literal characters before one with fewer, then by alphabet. */
  readonly find: (hostname: string) => A | undefined
}

/** Host names whose answer is remembered. */
const mostRemembered = 10_000

export const hostTable = <A>(entries: ReadonlyArray<readonly [pattern: string, value: A]>): HostTable<A> => {
  if (entries.length === 0) return { find: () => undefined }
  const lowered = entries.map(([pattern, value]) => [pattern.toLowerCase(), value] as const)
  const names = new Map(lowered.filter(([pattern]) => !isGlob(pattern)))
  const globs = lowered.filter(([pattern]) => isGlob(pattern)).sort(([a], [b]) =>
    literals(b) - literals(a) || (a < b ? -1 : 1)
  )
  const remembered = new Map<string, A | undefined>()

  const find = (hostname: string): A | undefined => {
    const known = remembered.get(hostname)
    if (known !== undefined || remembered.has(hostname)) return known
    const lower = hostname.toLowerCase()
    const value = names.get(lower) ?? globs.find(([glob]) => globMatches(glob, lower))?.[1]
    if (remembered.size >= mostRemembered) remembered.clear()
    remembered.set(ownText(hostname), value)
    return value
  }

  return { find }
}

/** The text by itself: a part of a longer text, as of the line that a device sent, would keep all of that in memory. */
const ownText = (part: string): string => ` ${part}`.slice(1)

const isGlob = (pattern: string) => /[*?]/.test(pattern)
const literals = (glob: string) => glob.replace(/[*?]/g, "").length

/** At most as many steps as the two lengths multiplied: after a mismatch only the last `*` is tried anew. */
export const globMatches = (glob: string, text: string): boolean => {
  let at = 0
  let star = -1
  let resume = 0
  for (let i = 0; i < text.length;) {
    if (glob[at] === "*") {
      star = at++
      resume = i
    } else if (glob[at] === "?" || (at < glob.length && glob[at] === text[i])) {
      at++
      i++
    } else if (star >= 0) {
      at = star + 1
      i = ++resume
    } else return false
  }
  while (glob[at] === "*") at++
  return at === glob.length
}
