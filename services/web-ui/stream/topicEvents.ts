import type { TopicMessage } from "./TopicFeeds.ts"

/** Writes a message as server-sent events. A comment keeps open what stands between. */
export const topicEvents = (message: TopicMessage): string =>
  message._tag === "told"
    ? message.told.map(({ data, id, topic }) => `id: ${id}\nevent: ${topic}\ndata: ${data}\n\n`).join("")
    : message._tag === "alive"
    ? ": alive\n\n"
    : "event: bye\ndata: The program stops. Ask again.\n\n"
