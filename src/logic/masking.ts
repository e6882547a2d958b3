const hex = "[0-9a-f]"

/** Shapes that begin at the start of a word with a hexadecimal digit or a colon, longest first. */
const shapes = [
  // UUID
  `${hex}{8}-${hex}{4}-${hex}{4}-${hex}{4}-${hex}{12}(?![\\w-])`,
  // MAC and WWN, with colons or hyphens
  `${hex}{2}(?:[:-]${hex}{2}){5,7}(?![\\w:-])`,
  // MAC as Cisco writes it
  `${hex}{4}\\.${hex}{4}\\.${hex}{4}(?![\\w.])`,
  // RFC 3339 and its looser relatives
  `\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d(?::\\d\\d(?:[.,]\\d+)?)?(?:Z|[+-]\\d\\d:?\\d\\d)?`,
  // IPv6, and a time of the day
  `(?:${hex}{0,4}:){2,7}${hex}{0,4}(?:%\\w+)?(?![\\w:])`,
  `0x${hex}+\\b`,
  // Hexadecimal words that hold a digit
  `(?=[a-f]*\\d)${hex}{4,}\\b`
]

/** `Aug 22 10:00:00`, with or without a year. */
const syslogTime =
  `(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec) +\\d{1,2} +(?:\\d{4} +)?\\d\\d:\\d\\d:\\d\\d(?:[.,]\\d+)?`

/** Any number, with what numbers are joined by: `10.0.0.1:22`, `0/0/1`, `2.5`. */
const number = `\\d+(?:[./:]\\d+)*`

/** Tries the first two characters of each shape first, since most positions fail there. */
const changing = new RegExp(
  `(?=[\\da-f:][\\da-fx:])(?<![\\w:.])(?:${shapes.join("|")})|(?=[jfmasond])(?<![\\w:.])${syslogTime}|${number}`,
  "gi"
)
const unevenSpace = /\s\s|[^\S ]/

/** Characters of a message that its template is made from. */
const longest = 2048

/**
 * Makes the template of a message, which messages of one kind share. Numbers, addresses, identifiers, times and the
 * numbers in names such as `Gi0/1` become `#`; runs of white space become one space.
 *
 * Any event has one kind, however many ports, users or process ids there are; so counting by template is bounded.
 */
export const maskMessage = (message: string): string => {
  const masked = (message.length > longest ? message.slice(0, longest) : message).replace(changing, "#")
  return (unevenSpace.test(masked) ? masked.replace(/\s+/g, " ") : masked).trim()
}
