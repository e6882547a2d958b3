/** The server's clock, as the browser's may be wrong: its answers say what it shows. */
let offsetMs = 0

/** Milliseconds since 1970 by the server's clock. */
export const now = (): number => new Date().getTime() + offsetMs

/** By how much the browser's clock differs from the server's; positive when the browser is behind. */
export const clockOffsetMs = (): number => offsetMs

export const learnServerTime = (iso: string): void => {
  const server = Date.parse(iso)
  if (!Number.isNaN(server)) offsetMs = server - new Date().getTime()
}
