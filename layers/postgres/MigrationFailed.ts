import { Schema } from "effect"

/** The schema is not up to date. Each migration is done whole or not at all. */
export class MigrationFailed extends Schema.TaggedError<MigrationFailed>()("MigrationFailed", {
  detail: Schema.String,
  cause: Schema.Defect()
}) {
  override get message() {
    return `The schema could not be brought up to date: ${this.detail}`
  }
}

/** The innermost message: what PostgreSQL said. */
export const words = (error: unknown): string => {
  let found = ""
  for (let at = error; at instanceof Error; at = at.cause) found = at.message || found
  return found
}
