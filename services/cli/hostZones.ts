import { Effect } from "effect"
import { Argument, Command } from "effect/cli"
import { isTimeZoneName, timeZoneWords } from "../../src/domain/TimeZoneName.ts"
import { Api, CommandFailed, connection, withApi } from "./api.ts"
import { because, condition, ifVersion, reason, toldWords } from "./change.ts"
import { answer, table } from "./output.ts"

const host = Argument.String("host").pipe(
  Argument.withDescription("A host name, or a glob such as 'ber-*': quote it from the shell")
)

const list = Command.make("list", connection, (at) =>
  withApi(
    at,
    Effect.gen(function*() {
      const found = yield* (yield* Api).hostZones.list({})
      const rows = found.host_zones.map(({ hostname, time_zone }) => [hostname, time_zone])
      yield* answer(at.json, found, [...table(["host", "zone"], rows), "", `version ${found.version}`])
    })
  )).pipe(Command.withDescription("The time zones of hosts"))

const set = Command.make(
  "set",
  { ...connection, host, zone: Argument.String("zone"), reason, ifVersion },
  (at) =>
    withApi(
      at,
      Effect.gen(function*() {
        if (!isTimeZoneName(at.zone)) {
          return yield* new CommandFailed({ message: `${at.zone} is not ${timeZoneWords}.` })
        }
        const changed = yield* (yield* Api).hostZones.set({
          params: { hostname: at.host },
          headers: condition(at.ifVersion),
          query: { wait: "all" },
          payload: { time_zone: at.zone, ...because(at.reason) }
        })
        yield* answer(at.json, changed, `${at.host}: ${at.zone}. ${toldWords(changed)}`)
      })
    )
).pipe(Command.withDescription("Give a host or a glob a time zone, for the times that it writes without one"))

const remove = Command.make(
  "remove",
  { ...connection, host, reason, ifVersion },
  (at) =>
    withApi(
      at,
      Effect.gen(function*() {
        const changed = yield* (yield* Api).hostZones.remove({
          params: { hostname: at.host },
          headers: condition(at.ifVersion),
          query: { wait: "all" },
          payload: because(at.reason)
        })
        yield* answer(at.json, changed, `${at.host} has no zone of its own any more. ${toldWords(changed)}`)
      })
    )
).pipe(Command.withDescription("Take the zone of a host or a glob away"))

export const hostZones = Command.make("host-zones").pipe(
  Command.withDescription("Time zones of hosts whose times name none"),
  Command.withSubcommands([list, set, remove])
)
