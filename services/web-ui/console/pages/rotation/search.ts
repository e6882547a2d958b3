import { Schema } from "effect"

const part = Schema.optionalKey(Schema.String)

/** What the address of the rotation says. */
export const search = Schema.Struct({
  /** The secret that is looked at. */
  secret: part,
  /** The step whose entries of the journal are shown. */
  step: part
})
