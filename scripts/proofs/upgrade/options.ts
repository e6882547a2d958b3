import * as flags from "../../command-line/flags.ts"
import { script } from "../../command-line/Script.ts"
import { orders } from "./upgrade.ts"

export const options = script(
  "upgrade-proof",
  `Two processes of each program of an earlier release, on a PostgreSQL and a Redis of their own, with 500 events a second.
The schema is migrated, then the programs become those of this release and those of the earlier one again, one process
after the other, in each order. In each mixture a setting is changed; in each that comes up for the first time both
passwords are rotated. Every request must be answered 2xx, and the books must balance.`,
  {
    from: flags.text(
      "from",
      "REV",
      "The earlier release, as git calls it; it is built in .mutt/releases, once "
        + "(default: the newest tag v…, else the commit before the newest migration)",
      undefined
    ),
    orders: flags.whole("orders", "How many of them; 4 meet each program as the first", orders.length),
    json: flags.toggle("json", "Print JSON instead of text, with each order for itself")
  }
)
