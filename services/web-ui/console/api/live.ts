import type { UseQueryResult } from "@tanstack/react-query"
import { type Effect, Option, Schema } from "effect"
import { useEffect } from "react"
import type { Api } from "./client.ts"
import { type Topic, useConnection, useTold } from "./Feed.ts"
import { queries, useAsk } from "./query.ts"

/** How often something is asked for while the stream does not tell it. */
const pollMs = 5_000

/**
 * Reads what a topic is about, and keeps it as the stream tells it. While the stream is lost, or says that the topic
 * can't be read, it is asked for: the answer says why.
 */
export const useLive = <A, E>(
  topic: Topic,
  schema: Schema.Codec<A, unknown>,
  request: (api: Api) => Effect.Effect<A, E>
): UseQueryResult<A> => {
  const told = useTold(topic)
  const { is } = useConnection()
  const read = useAsk([topic], request, is === "open" ? {} : { every: pollMs })
  useEffect(() => {
    if (told === undefined) return
    const found = Schema.decodeUnknownOption(schema)(told.data)
    if (Option.isSome(found)) queries.setQueryData<A>([topic], found.value, { updatedAt: told.at })
    else void queries.invalidateQueries({ queryKey: [topic] })
  }, [told, topic, schema])
  return read
}
