import { Effect } from "effect"
import type { SilenceRepository } from "../../../layers/silence/SilenceRepository.ts"
import type { Environment } from "../../../src/domain/Rule.ts"
import { globMatches } from "../../../src/logic/hosts.ts"
import { silenceState } from "../../../src/silence/silenceTimes.ts"
import type { StoredSilence } from "../../../src/silence/StoredSilence.ts"

/** Silences read at a time, and in all. */
const atOnce = 1_000
const mostRead = 20_000

/** Numbers of the silences that are about a host, oldest first. */
export type SilencesOf = (hostname: string, environment: Environment) => ReadonlyArray<number>

/**
 * Reads which silences are in force at an instant, and says of each host which are about it: those that name it, or all
 * hosts. One for a rule or a team says nothing of a host.
 */
export const hostSilences = Effect.fnUntraced(function*(list: SilenceRepository["Service"]["list"], now: number) {
  const inForce: Array<StoredSilence> = []
  for (let before: number | undefined, read = 0; read < mostRead; read += atOnce) {
    const rows = yield* list({ limit: atOnce, before, over: false })
    inForce.push(...rows.filter((row) => silenceState(row, now).state === "now"))
    before = rows.at(-1)?.id
    if (rows.length < atOnce) break
  }
  const tests = inForce.reverse().flatMap((silence) => testOf(silence))
  const silencesOf: SilencesOf = (hostname, environment) =>
    tests.flatMap(({ holds, id }) => (holds(hostname, environment) ? [id] : []))
  return silencesOf
})

const testOf = ({ id, match }: StoredSilence) => {
  if (match.hosts === undefined && (match.rules !== undefined || match.teams !== undefined)) return []
  const hosts = match.hosts?.map((host) => host.toLowerCase())
  const holds = (hostname: string, environment: Environment): boolean =>
    (match.environment === undefined || match.environment === environment) &&
    (hosts === undefined || hosts.some((glob) => globMatches(glob, hostname)))
  return [{ id, holds }]
}
