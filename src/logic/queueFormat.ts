/** The formats of what waits in the queue that a program reads, both ends included. */
export interface FormatSpan {
  readonly oldest: number
  readonly newest: number
}

/** What programs read that say nothing of it: they are of releases that knew one format. */
export const firstFormat: FormatSpan = { oldest: 1, newest: 1 }

/** The newest format that every program reads, this one among them. */
export const formatForAll = (own: FormatSpan, others: ReadonlyArray<FormatSpan>): number =>
  Math.min(own.newest, ...others.map(({ newest }) => newest))

/** Why a program does not touch a queue in which something of this format may wait; `undefined`: it reads that. */
export const formatProblem = (
  { oldest, newest }: FormatSpan,
  found: { readonly format: number; readonly release: string },
  version: string
): string | undefined => {
  const reads = `this is ${version} and reads ${
    oldest === newest ? `format ${newest}` : `formats ${oldest} to ${newest}`
  }`
  if (found.format > newest) {
    return `the queue is in format ${found.format}, which programs read from ${found.release} on; ${reads}`
  }
  return found.format < oldest
    ? `the queue is in format ${found.format}, which is older than that: ${reads}. Start the release before it first`
    : undefined
}
