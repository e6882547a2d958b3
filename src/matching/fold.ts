/**
 * Case folding, one UTF-16 unit at a time, so that a text keeps its length and its positions.
 *
 * It is the relation the regex engine folds by (Unicode simple folding), not `toLowerCase`: that changes lengths (`İ`),
 * keeps `ſ` apart from `s`, and depends on the place in the word (`ς`). Characters beyond the basic plane keep their
 * case.
 */
const folded: Uint16Array = (() => {
  const table = new Uint16Array(0x10000).map((_, unit) => unit)
  for (let unit = 0; unit < table.length; unit++) {
    // Three quarters of all units have no case and are passed over, to start sooner: Han and its like; Hangul,
    // surrogates, private use.
    if (unit === 0x2e80) unit = 0xa640
    if (unit === 0xac00) unit = 0xfb00
    const text = String.fromCharCode(unit)
    const upper = text.toUpperCase()
    const base = upper.length === 1 ? upper : text
    const lower = base.toLowerCase()
    table[unit] = (lower.length === 1 ? lower : base).charCodeAt(0)
  }
  // A dotless i is not an i; the other three pairs fold to each other though neither has the other as its case.
  table[0x0131] = 0x0131
  table[0x1fd3] = 0x0390
  table[0x1fe3] = 0x03b0
  table[0xfb05] = 0xfb06
  return table
})()

/** The unit that stands for `unit` and all its case variants. */
export const foldUnit = (unit: number): number => folded[unit] ?? unit

const beyondAscii = /[^\0-\x7f]/

/** `text` with every unit folded; as long as `text`. */
export const foldText = (text: string): string => {
  if (!beyondAscii.test(text)) return text.toLowerCase()
  const units = new Uint16Array(text.length)
  for (let i = 0; i < text.length; i++) units[i] = foldUnit(text.charCodeAt(i))
  let out = ""
  for (let i = 0; i < units.length; i += 8192) out += String.fromCharCode(...units.subarray(i, i + 8192))
  return out
}
