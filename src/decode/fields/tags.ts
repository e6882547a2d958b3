/** The tag of a message: which program speaks. */
export interface Tag {
  readonly program: string
  readonly pid: string | undefined
  readonly end: number
}

/** A process in brackets may stand for the colon. */
const tag = /([A-Za-z/_][\w./@#+()-]{0,63})(?:(?:\[([^\]\s]{1,64})\])?:(?![:\\]|\/\/) ?|\[(\d{1,10})\] )/y
const severityBefore =
  /(?:emerg|alert|crit|critical|err|error|warn|warning|notice|info|debug) (?=[A-Za-z/_][\w./-]{0,63}(?:\[\d{1,10}\])?: )/y

/** Reads `sshd[812]: ` or `LINK-DOWN:` at `from`, also behind the level that F5 writes before it. */
export const readTag = (line: string, from: number): Tag | undefined => {
  const first = line.charCodeAt(from)
  if (!mayBegin(first)) return undefined
  severityBefore.lastIndex = from
  const at = severityBefore.test(line) ? severityBefore.lastIndex : from
  if (isVendorTag(line, at)) return undefined
  tag.lastIndex = at
  const match = tag.exec(line)
  return match === null ? undefined : { program: match[1] ?? "", pid: match[2] ?? match[3], end: tag.lastIndex }
}

/** `CEF:` and `LEEF:` name the form of what follows, not who speaks. */
export const isVendorTag = (line: string, from: number): boolean => {
  const first = line.charCodeAt(from)
  return first === 67 && line.startsWith("CEF:", from) || first === 76 && line.startsWith("LEEF:", from)
}

/** A letter, `/` or `_`. */
const mayBegin = (code: number): boolean =>
  (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 47 || code === 95
