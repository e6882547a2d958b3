import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { Command } from "effect/cli"
import { queueRedis } from "../../../layers/queue/QueueLayer.ts"
import { Redis } from "../../../layers/redis/Redis.ts"
import { alerts } from "../../../services/cli/alerts.ts"
import { Person } from "../../../services/cli/confirm.ts"
import { deadLetters } from "../../../services/cli/deadLetters.ts"
import { dead, parked, queueDriver } from "../../layers/queue/queueDriver.ts"
import { die, eventOf } from "../web-ui/deadLetters/heldQueue.ts"
import { SettingsWorld, SettingsWorldLayer } from "../web-ui/settingsHarness.ts"
import { runMutt } from "./runMutt.ts"

const mutt = runMutt(Command.make("mutt").pipe(Command.withSubcommands([alerts, deadLetters])), "operator-key-of-tests")
const json = (args: ReadonlyArray<string>) => Effect.map(mutt([...args, "--json"]), (text) => JSON.parse(text))
const refusal = (args: ReadonlyArray<string>) => Effect.map(Effect.flip(mutt(args)), (error) => String(error.message))

const onQueue = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function*() {
    const { admin } = yield* SettingsWorld
    return yield* Effect.provide(effect, queueRedis("mutt:{ingest}").pipe(Layer.provide(Layer.succeed(Redis, admin))))
  })

const idOf = (number: number) => `01998a00-0000-7000-8000-${String(number).padStart(12, "0")}`
const made = (number: number, hostname: string) => ({
  id: idOf(number),
  signature: `${hostname}::rule-1::${number}`,
  payload: JSON.stringify({
    id: idOf(number),
    kind: "event",
    correlationId: "c",
    signature: `${hostname}::rule-1::${number}`,
    hostname,
    message: "down",
    environment: "prod",
    handling: "Page_only",
    team: "NetOps",
    ruleId: 1,
    eventTimestamp: "2026-08-22T10:00:00.000Z",
    receivedAt: "2026-08-22T10:00:00.000Z",
    decidedAt: "2026-08-22T10:00:00.000Z",
    source: "syslog"
  })
})

layer(SettingsWorldLayer(), { excludeTestServices: true })("mutt, of what is on its way or dead,", (it) => {
  it.effect("alerts list, show and retry: where they are, what was tried, and those that are parked now", () =>
    Effect.gen(function*() {
      yield* onQueue(Effect.gen(function*() {
        const { finish, handOver, one } = yield* queueDriver
        for (const [number, host] of [[1, "sw1"], [2, "sw1"], [3, "sw2"]] as const) {
          yield* handOver([made(number, host)])
          yield* finish(yield* one(), parked(3_600_000))
        }
        yield* handOver([made(4, "sw2")])
        yield* finish(yield* one(), dead)
      }))
      const listed = yield* mutt(["alerts", "list", "--state", "parked", "--host", "sw1"])
      assert.match(listed, /000000000001 +parked +sw1 +NetOps +Page_only +1 .* http: HTTP 500/)
      assert.lengthOf((yield* json(["alerts", "list"])).alerts, 4)
      const shown = yield* mutt(["alerts", "show", idOf(1)])
      assert.include(shown, "A try at 2026-01-01T00:00:00.000Z failed (http): HTTP 500")
      assert.include(yield* refusal(["alerts", "show", idOf(9)]), "No alert with this id")
      assert.include(yield* refusal(["alerts", "retry"]), "Give ids, or --all, or a filter")
      assert.include(yield* refusal(["alerts", "retry", "--host", "sw1"]), "2 parked alerts will be tried now. Nobody")
      assert.include(
        yield* refusal(["alerts", "retry", "--host", "sw1", "--expected", "3", "--yes"]),
        "The filter finds 2, and 3 were expected. Nothing was done."
      )
      assert.strictEqual(yield* mutt(["alerts", "retry", "--host", "sw1", "--yes", "-r", "mended"]), "2 are tried now.")
      assert.strictEqual(yield* mutt(["alerts", "retry", idOf(1), idOf(3)]), "1 are tried now. 1 were not parked.")
    }))

  it.effect("dead-letters groups, replay and discard: by filter, with the number said before", () =>
    Effect.gen(function*() {
      yield* onQueue(Effect.gen(function*() {
        yield* die([eventOf(1, "sw1"), eventOf(2, "sw1"), eventOf(3, "sw2")], "poison", "port")
      }))
      const groups = yield* mutt(["dead-letters", "groups", "events", "--host", "sw1", "--since", "1h"])
      assert.match(groups, /\n2 +poison +port # /)
      assert.include(groups, "2 in 1 groups")
      assert.include(yield* mutt(["dead-letters", "list", "events", "--text", "port 3"]), "sw2")
      assert.include(
        yield* refusal(["dead-letters", "replay", "events", "--host", "sw1"]),
        "2 of events will be replayed. Nobody is there to be asked: say --yes."
      )
      assert.include(
        yield* refusal(["dead-letters", "discard", "events", "--all", "--expected", "2", "--yes"]),
        "The filter finds more than the 2 that were expected. Nothing was done."
      )
      const replayed = yield* json(["dead-letters", "replay", "events", "--host", "sw1", "--expected", "2", "--yes"])
      assert.deepInclude(replayed, { moved: 2, missing: 0, left: 0 })
      assert.strictEqual(yield* mutt(["dead-letters", "discard", "events", "--all", "--yes"]), "1 discarded.")
      assert.strictEqual(yield* mutt(["dead-letters", "retry", "--all"]), "0 read.")
      assert.include(yield* refusal(["dead-letters", "discard", "events"]), "Give ids, or --all.")
    }))

  it.effect("asks who is there, and does nothing without a yes", () =>
    Effect.gen(function*() {
      yield* onQueue(die([eventOf(9, "sw9")]))
      const discard = ["dead-letters", "discard", "events", "--host", "sw9"]
      const saying = (words: string) => Effect.provideService(Person, Effect.succeed(words))
      for (const words of ["no", "", "yess"]) {
        assert.include(yield* saying(words)(refusal(discard)), "Nothing was done.")
      }
      assert.include(yield* mutt(["dead-letters", "counts"]), "events      3")
      assert.strictEqual(yield* saying("Y")(mutt(discard)), "1 discarded.")
    }))
})
