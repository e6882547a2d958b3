import { Schema } from "effect"

const part = Schema.optionalKey(Schema.String)

/** What the address of the fleet says. */
export const search = Schema.Struct({
  program: part,
  /** `wrong`: only processes with something wrong. */
  state: part,
  /** The instance whose details are open. */
  open: part
})
