/** A row of a read that is not at its end. */
interface Within {
  /** The transactions that the read saw; its later pages see no others. */
  readonly upTo: string
  /** Where the next read begins. */
  readonly next: string
  readonly recordedAt: string
  readonly eventId: string
}

/** Where somebody stands who follows the record: which transactions he was told of, and where to look for others. */
export interface ArrivalPlace {
  /** Rows before it are all told of. */
  readonly since: string
  /** The transactions that were told, as `pg_current_snapshot` writes them. */
  readonly told: string
  readonly within?: Within | undefined
}

const time = String.raw`\d{4,6}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z`
const snapshot = String.raw`\d{1,20}:\d{1,20}:[\d,]{0,6000}`
const id = String.raw`[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}`
const shape = new RegExp(`^(${time})_(${snapshot})(?:_(${snapshot})_(${time})_(${time})_(${id}))?$`)

export const writePlace = ({ since, told, within }: ArrivalPlace): string =>
  [since, told, ...(within === undefined ? [] : [within.upTo, within.next, within.recordedAt, within.eventId])].join(
    "_"
  )

export const readPlace = (text: string): ArrivalPlace | undefined => {
  const [, since, told, upTo, next, recordedAt, eventId] = shape.exec(text) ?? []
  if (since === undefined || told === undefined) return undefined
  return upTo === undefined || next === undefined || recordedAt === undefined || eventId === undefined
    ? { since, told }
    : { since, told, within: { upTo, next, recordedAt, eventId } }
}
