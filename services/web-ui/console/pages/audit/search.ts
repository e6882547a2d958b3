import { Schema } from "effect"

const part = Schema.optionalKey(Schema.String)

/** What the address of the record says. */
export const search = Schema.Struct({
  /** Part of the name of who changed something. */
  by: part,
  /** What kind of thing was changed. */
  table: part,
  /** Which one: the number of a rule, the name of anything else. */
  record: part,
  /** `create`, `update` or `delete`. */
  op: part,
  /** The request that made the change. */
  correlation: part,
  /** Days in UTC, both of them whole. */
  from: part,
  to: part,
  /** The number of the link that is open. */
  open: part
})
export type Search = typeof search.Type

const day = /^\d{4}-\d{2}-\d{2}$/

/** The end of a day is the beginning of the next one. */
const dayAfter = (text: string): string | undefined => {
  const at = new Date(`${text}T00:00:00Z`)
  if (Number.isNaN(at.getTime())) return undefined
  at.setUTCDate(at.getUTCDate() + 1)
  return at.toISOString()
}

/** The same as the API asks for it. What the address has wrong is left out. */
export const queryOf = ({ by, correlation, from, op, record, table, to }: Search) => {
  const end = to !== undefined && day.test(to) ? dayAfter(to) : undefined
  return {
    ...(by ? { changed_by: by } : {}),
    ...(table ? { table_name: table } : {}),
    ...(record ? { record_id: record } : {}),
    ...(op !== undefined && /^(?:create|update|delete)$/i.test(op) ? { operation: op.toUpperCase() } : {}),
    ...(correlation ? { correlation_id: correlation } : {}),
    ...(from !== undefined && day.test(from) ? { start_date: from } : {}),
    ...(end === undefined ? {} : { end_date: end })
  }
}
