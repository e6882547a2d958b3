import { Layer } from "effect"
import { makeAnnouncements } from "../redis/announcements.ts"
import { RuleChanges } from "./RuleChanges.ts"

/** Announces changes of rules over a Redis channel. */
export const RuleChangesRedis = Layer.effect(
  RuleChanges,
  makeAnnouncements("mutt:{config}:rules", { name: "rules.announce", what: "rules" })
)
