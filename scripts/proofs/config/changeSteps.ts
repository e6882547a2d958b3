import { configKeys } from "../../../layers/config/keys.ts"
import type { Point } from "./stoppingProxy.ts"

/** A moment in a change at which the program is killed. */
export interface Step extends Point {
  readonly name: string
  readonly at: "postgres" | "redis" | "http"
}

const asked = (name: string, text: string): Step => ({ name, at: "postgres", text, side: "asked" })

/** Everything that a change does, in its order; each stands for the moment before it, unless it says otherwise. */
export const steps: ReadonlyArray<Step> = [
  asked("before the transaction", "BEGIN"),
  asked("before the look for a repeated request", "FROM api_requests WHERE"),
  asked("before the lock", "FROM config_ledger FOR UPDATE"),
  asked("before what is set is read", "json_object_agg(last.key"),
  asked("before the revision, the setting and the order to tell everybody", "INSERT INTO config_revisions"),
  asked("before the link of the chain", "append_audit_link"),
  asked("before the note of the request", "INSERT INTO api_requests"),
  asked("before the commit", "COMMIT"),
  { name: "after the commit, unheard", at: "postgres", text: "COMMIT", side: "answered" },
  asked("before the relay reads", "AS settings FROM config_ledger"),
  {
    name: "before the script",
    at: "redis",
    text: `$${configKeys.channel.length}\r\n${configKeys.channel}`,
    side: "asked"
  },
  {
    name: "after the script, unheard",
    at: "redis",
    text: `$${configKeys.channel.length}\r\n${configKeys.channel}`,
    side: "answered"
  },
  asked("before the order is struck out", "DELETE FROM config_outbox"),
  {
    name: "after the order is struck out, unheard",
    at: "postgres",
    text: "DELETE FROM config_outbox",
    side: "answered"
  },
  {
    name: "before the processes are listed",
    at: "redis",
    text: `${configKeys.instances}\r\n$5\r\n10000`,
    side: "asked"
  },
  asked("before the fuller answer is kept", "UPDATE api_requests"),
  { name: "during the answer", at: "http", text: "", side: "answered" }
]
