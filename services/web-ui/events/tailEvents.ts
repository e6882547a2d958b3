import type { EventBatch } from "../../../src/api/web-ui/EventLists.ts"
import type { TailMessage } from "./EventTails.ts"

/** Writes a message as server-sent events. After a silence there is a comment, for what stands between, and the place. */
export const tailEvent = (message: TailMessage): string => {
  if (message._tag === "bye") return "event: bye\ndata: The program stops. Ask again.\n\n"
  const { _tag, place, rows, skipped } = message
  const batch: EventBatch = { rows, skipped }
  return `${_tag === "alive" ? ": alive\n\n" : ""}id: ${place}\nevent: batch\ndata: ${JSON.stringify(batch)}\n\n`
}
