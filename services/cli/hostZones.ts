import { Argument, Command } from "effect/cli"
import { isTimeZoneName, timeZoneWords } from "../../src/domain/TimeZoneName.ts"
import { apiCommand, CommandFailed } from "./api.ts"
import { because, ifMatch, ifVersion, propagationText, reason } from "./change.ts"
import { answer, table } from "./output.ts"

const host = Argument.String("host").pipe(
  Argument.withDescription("A host name, or a glob such as 'ber-*': quote it from the shell")
)

const list = apiCommand("list", "The time zones of hosts", {}, function*(api, _, json) {
  const found = yield* api.hostZones.list({})
  const rows = found.host_zones.map(({ hostname, time_zone }) => [hostname, time_zone])
  yield* answer(json, found, [...table(["host", "zone"], rows), "", `version ${found.version}`])
})

const set = apiCommand("set", "Give a host or a glob a time zone, for the times that it writes without one", {
  host,
  zone: Argument.String("zone"),
  reason,
  ifVersion
}, function*(api, at, json) {
  if (!isTimeZoneName(at.zone)) {
    return yield* new CommandFailed({ message: `${at.zone} is not ${timeZoneWords}.` })
  }
  const changed = yield* api.hostZones.set({
    params: { hostname: at.host },
    headers: ifMatch(at.ifVersion),
    query: { wait: "all" },
    payload: { time_zone: at.zone, ...because(at.reason) }
  })
  yield* answer(json, changed, `${at.host}: ${at.zone}. ${propagationText(changed)}`)
})

const remove = apiCommand(
  "remove",
  "Take the zone of a host or a glob away",
  { host, reason, ifVersion },
  function*(api, at, json) {
    const changed = yield* api.hostZones.remove({
      params: { hostname: at.host },
      headers: ifMatch(at.ifVersion),
      query: { wait: "all" },
      payload: because(at.reason)
    })
    yield* answer(json, changed, `${at.host} has no zone of its own any more. ${propagationText(changed)}`)
  }
)

export const hostZones = Command.make("host-zones").pipe(
  Command.withDescription("Time zones of hosts whose times name none"),
  Command.withSubcommands([list, set, remove])
)
