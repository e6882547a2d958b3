import { useQuery, type UseQueryResult } from "@tanstack/react-query"
import { Schema } from "effect"

/** Written in by the build; absent while the console is served live from its sources. */
declare const LICENCES_FILE: string | undefined

const Licences = Schema.Array(Schema.Struct({
  name: Schema.String,
  version: Schema.String,
  /** Such as `MIT`. */
  licence: Schema.NullOr(Schema.String),
  text: Schema.NullOr(Schema.String)
}))
const decode = Schema.decodeUnknownSync(Licences)

const load = async (): Promise<typeof Licences.Type> => {
  if (typeof LICENCES_FILE === "undefined") return []
  const answer = await fetch(`/console/assets/${LICENCES_FILE}`)
  return decode(await answer.json())
}

/** Whose code this console holds, and on what terms; fetched when somebody wants to know. */
export const useLicences = (enabled: boolean): UseQueryResult<typeof Licences.Type> =>
  useQuery({ queryKey: ["licences"], queryFn: load, enabled, staleTime: Infinity, networkMode: "always" })
