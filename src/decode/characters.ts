export const tab = 9
export const lineFeed = 10
const carriageReturn = 13
export const space = 32
export const quote = 34
export const percent = 37
export const star = 42
export const comma = 44
export const dash = 45
export const dot = 46
export const slash = 47
export const colon = 58
export const openAngle = 60
export const equals = 61
export const openBracket = 91
export const backslash = 92
export const closeBracket = 93
export const openBrace = 123
export const bar = 124
export const closeBrace = 125

/** Is the character, by its code, one of `A` to `Z`? */
export const isCapital = (code: number): boolean => code >= 65 && code <= 90

/** Is the character, by its code, one of `a` to `z`? */
export const isSmall = (code: number): boolean => code >= 97 && code <= 122

/** Is the character, by its code, a letter of ASCII? */
export const isLetter = (code: number): boolean => isSmall(code) || isCapital(code)

export const isDigit = (code: number): boolean => code >= 48 && code <= 57

/** Skips digits; says where they end. */
export const endOfDigits = (text: string, from: number): number => {
  let at = from
  while (isDigit(text.charCodeAt(at))) at++
  return at
}

/** Is the character white space between the values of JSON? */
export const isJsonSpace = (code: number): boolean =>
  code === space || code === lineFeed || code === carriageReturn || code === tab

/** Skips white space of JSON, `most` characters of it at once. */
export const skipJsonSpace = (text: string, from: number, most = Infinity): number => {
  let at = from
  while (at - from < most && isJsonSpace(text.charCodeAt(at))) at++
  return at
}

/** Is the character at `at` behind an odd number of backslashes? */
export const isEscaped = (text: string, at: number): boolean => {
  let from = at
  while (text.charCodeAt(from - 1) === backslash) from--
  return (at - from) % 2 === 1
}

/** Matches a sticky pattern at a position. */
export const matchAt = (sticky: RegExp, text: string, at: number): RegExpExecArray | null => {
  sticky.lastIndex = at
  return sticky.exec(text)
}

/** Says where a sticky pattern ends that matches at a position; `undefined` when it does not match. */
export const endOfMatch = (sticky: RegExp, text: string, at: number): number | undefined => {
  sticky.lastIndex = at
  return sticky.test(text) ? sticky.lastIndex : undefined
}
