import { edits } from "./nearest.ts"

/** A variable that looks like a setting, and that nobody reads. */
export interface UnknownVariable {
  readonly name: string
  /** What was probably meant. */
  readonly meant: string | undefined
}

/** Nobody else's variables begin so. */
const ours = /^(?:MUTT|INGEST|SYSLOG|ALERTER|MOOG|WEBUI)_/

/** What a file of settings may hold for the runtime and for every program of the machine. */
const ofEverybody = /^(?:NODE_|DENO_|UV_|MALLOC_|SSL_CERT_|LC_)|^(?:LANG|TZ|PATH|HOME|(?:HTTPS?|NO|ALL)_PROXY)$/i

/** Kubernetes gives each container those of every service: `MUTT_WEB_UI_SERVICE_HOST`, and with it these. */
const serviceLink = /^(.+?)_(?:SERVICE_(?:HOST|PORT(?:_\w+)?)|PORT(?:_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)?)$/

const prefixOf = (name: string) => name.slice(0, name.indexOf("_") + 1)

/** One letter too many, too few or another one, or two that changed places. */
const isSlip = (written: string, meant: string): boolean => {
  let begin = 0
  while (begin < written.length && written[begin] === meant[begin]) begin++
  let end = 0
  while (end < Math.min(written.length, meant.length) - begin && written.at(-1 - end) === meant.at(-1 - end)) end++
  const one = written.slice(begin, written.length - end)
  const other = meant.slice(begin, meant.length - end)
  return (one.length <= 1 && other.length <= 1) || (one.length === 2 && other === `${one[1]}${one[0]}`)
}

const meantBy = (name: string, known: ReadonlyArray<string>): string | undefined => {
  const slip = known.find((one) => isSlip(name, one))
  if (slip !== undefined) return slip
  const [first] = known.map((one) => ({ one, far: edits(name, one) })).sort((one, other) => one.far - other.far)
  if (first !== undefined && first.far <= Math.max(2, name.length / 4)) return first.one
  return known.filter((one) => name.startsWith(one)).sort((one, other) => other.length - one.length)[0]
}

/**
 * The variables of an environment that were meant for MUTT and are read by nobody. Of what stands in a file of settings
 * (`written`) that is each unknown one. Of the rest it is what begins as nobody else's variables do, and what is one
 * slip away from a setting and begins as it does: `DB_HOST_` is meant for MUTT, `DB_PASSWORD` may be anybody's.
 */
export const unknownVariables = (
  environment: Iterable<string>,
  written: ReadonlySet<string>,
  settings: ReadonlyArray<string>,
  isKnown: (name: string) => boolean
): ReadonlyArray<UnknownVariable> => {
  const names = new Set(environment)
  const isLink = (name: string) => {
    const [, service] = serviceLink.exec(name) ?? []
    return service !== undefined && names.has(`${service}_SERVICE_HOST`)
  }
  return [...names].sort().flatMap((name) => {
    if (name.length > 100 || isKnown(name) || isLink(name)) return []
    if (ours.test(name) || (written.has(name) && !ofEverybody.test(name))) {
      return [{ name, meant: meantBy(name, settings) }]
    }
    const meant = settings.find((one) => prefixOf(one) === prefixOf(name) && isSlip(name, one))
    return meant === undefined ? [] : [{ name, meant }]
  })
}
