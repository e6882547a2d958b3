import * as flags from "../../command-line/flags.ts"
import { script } from "../../command-line/Script.ts"
import { kills } from "./controllerKills.ts"

export const options = script(
  "rotation-proof",
  `Two replicas of each program on a PostgreSQL and a Redis of their own, 500 events a second, connections replaced each
second. Passwords are rotated by hand and by the controller, which is killed.`,
  {
    rotations: flags.whole("rotations", "Rotations of each password by the controller", 20, 0),
    byHand: flags.whole("by-hand", "By hand, each in an order of its own; 18 are all for both", 18, 0),
    kills: flags.whole("kills", "Kills of the controller, each at a point of its journal", kills.length, 0),
    seed: flags.seed,
    json: flags.json
  }
)
