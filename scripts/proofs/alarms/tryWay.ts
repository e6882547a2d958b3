import { Clock, Effect, Schema } from "effect"
import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { request } from "../../../test/support/request.ts"
import { alerts, alertsFile, recordingFile } from "../../monitoring/rulesFile.ts"
import { freePort } from "../../stack/FreePort.ts"
import { privatePrometheus } from "../../stack/PrivatePrometheus.ts"
import { programNames } from "../../stack/Program.ts"
import type { Proof } from "../Proof.ts"
import type { Way } from "./ways.ts"
import type { World } from "./World.ts"

const Firing = Schema.Struct({
  data: Schema.Struct({
    alerts: Schema.Array(Schema.Struct({
      labels: Schema.Record(Schema.String, Schema.String),
      state: Schema.Literals(["pending", "firing", "inactive"])
    }))
  })
})
const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(Firing))

/** Between two scrapes, which may take so long; and between two looks at the rules. */
const [interval, evaluate] = ["5s", "2s"]
/** An alert must come within its `for` and a minute. */
const graceMs = 60_000
/** After the alert: what follows of the cause would page by then. */
const lingerMs = 30_000

const isPage = (alert: string) => alerts.some(({ name, severity }) => name === alert && severity === "page")

/** Breaks the world in one way under the eyes of a fresh Prometheus, and says what it told. */
export const tryWay = (world: World, bin: string, way: Way, factor: number) =>
  Effect.gen(function*() {
    yield* way.prepare?.(world) ?? Effect.void
    const folder = join(world.folder, "prometheus")
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    const rules = { "recording.yml": recordingFile(evaluate), "alerts.yml": alertsFile(factor, evaluate) }
    for (const [name, text] of Object.entries(rules)) writeFileSync(join(folder, name), text)
    const { programs } = world.stack
    const prometheus = yield* privatePrometheus({
      bin,
      port: yield* freePort,
      folder,
      rules: Object.keys(rules).map((name) => join(folder, name)),
      interval,
      evaluate,
      programs: Object.fromEntries(
        programNames.map((name) => [name, [Number(new URL(programs[name].url).port)]])
      )
    })
    yield* prometheus.start

    const firing = request(`${prometheus.url}/api/v1/alerts`).pipe(
      Effect.flatMap((answer) => Effect.promise(() => answer.text())),
      Effect.flatMap(decode),
      Effect.map(({ data }) => data.alerts.filter(({ state }) => state === "firing").map(({ labels }) => labels))
    )
    const pages = new Set<string>()
    const look = Effect.map(firing, (all) => {
      for (const { alertname = "", severity } of all) if (severity === "page") pages.add(alertname)
      return new Set(all.map(({ alertname = "" }) => alertname))
    })
    const lookFor = Effect.fnUntraced(function*(ms: number, until: (names: ReadonlySet<string>) => boolean) {
      const from = yield* Clock.currentTimeMillis
      while (true) {
        if (until(yield* look)) return (yield* Clock.currentTimeMillis) - from
        if ((yield* Clock.currentTimeMillis) - from > ms) return undefined
        yield* Effect.sleep("500 millis")
      }
    })

    // A fresh Prometheus has not scraped yet, and a shortened `for` has no patience with that.
    const isQuiet = (names: ReadonlySet<string>) =>
      names.has("MuttWatchdog") && ![...names].some((name) => isPage(name) && name !== way.fires)
    const isPrepared = way.prepare !== undefined
    yield* lookFor(8_000, () => false)
    yield* lookFor(graceMs, isQuiet)
    pages.clear()
    if (!isPrepared) yield* lookFor(4_000, () => false)
    const before = [...pages]
    const forMs = Math.max(...alerts.filter(({ name }) => name === way.fires).map((one) => one.forSeconds)) * factor *
      1_000
    yield* way.break(world)
    const after = yield* lookFor(forMs + graceMs + (way.looksAfter ?? 0) * 1_000, (names) => names.has(way.fires))
    yield* lookFor(lingerMs, () => false)
    yield* way.heal(world)
    const others = [...pages].filter((name) => name !== way.fires)
    const proof: Proof = {
      what: `${way.name}: ${way.fires}`,
      figures: {
        "seconds until it fires": Math.round((after ?? -1_000) / 1_000),
        "of them its for": Math.round(forMs / 1_000)
      },
      problems: [
        ...(after === undefined ? ["it did not fire"] : []),
        ...(before.length > 0 ? [`fired before anything was broken: ${before.join(", ")}`] : []),
        ...(others.length > 0 ? [`other pages: ${others.join(", ")}`] : [])
      ]
    }
    return proof
  }).pipe(Effect.scoped)
