import { Schema } from "effect"

const part = Schema.optionalKey(Schema.String)

/** What the address of the overview says. */
export const search = Schema.Struct({
  /** `1`: for a screen on a wall, large and without the menu. */
  wall: part
})
