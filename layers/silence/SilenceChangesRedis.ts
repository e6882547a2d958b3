import { Layer } from "effect"
import { makeAnnouncements } from "../redis/announcements.ts"
import { SilenceChanges } from "./SilenceChanges.ts"

/** Announces changes of silences over a Redis channel. */
export const SilenceChangesRedis = Layer.effect(
  SilenceChanges,
  makeAnnouncements("mutt:{config}:silences", { name: "silences.announce", what: "silences" })
)
