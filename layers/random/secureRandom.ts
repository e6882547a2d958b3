/**
 * Fills bytes that nobody can guess, for ids, salts, keys and passwords. What may be guessed, such as the jitter of a
 * pause, comes from Effect's `Random`.
 */
export const fillRandom = (bytes: Uint8Array<ArrayBuffer>): void => void crypto.getRandomValues(bytes)

export const randomBytes = (length: number): Uint8Array<ArrayBuffer> => {
  const bytes = new Uint8Array(length)
  fillRandom(bytes)
  return bytes
}

/** Version 4, of random bits alone. */
export const randomUuid = (): string => crypto.randomUUID()
