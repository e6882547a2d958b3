/** Is the character, by its code, one of `A` to `Z`? */
export const isCapital = (code: number): boolean => code >= 65 && code <= 90

/** Is the character, by its code, a letter of ASCII? */
export const isLetter = (code: number): boolean => (code >= 97 && code <= 122) || isCapital(code)
