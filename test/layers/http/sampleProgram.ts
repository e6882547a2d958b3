import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect, Layer, Schema } from "effect"
import { Environment } from "../../../layers/environment/Environment.ts"
import { serveProgram } from "../../../layers/http/CommonRoutes.ts"
import { runProgram, ServerLayer } from "../../../layers/http/Server.ts"
import { TelemetryLayer } from "../../../layers/telemetry/TelemetryLayer.ts"
import { staticOf, world } from "./harness.ts"

class Misconfigured extends Schema.TaggedError<Misconfigured>()("Misconfigured", {
  problems: Schema.Array(Schema.String)
}) {}

/** How a program of its own process behaves; run by `runProgram.test.ts` with what shall go wrong. */
const trouble = process.argv[2]

const Trouble = trouble === "misconfigured"
  ? Layer.effectDiscard(new Misconfigured({ problems: ["A is not set.", "B: Expected a whole number."] }))
  : trouble === "bug"
  ? Layer.effectDiscard(Effect.die(new Error("a bug at start")))
  : trouble === "stuck"
  ? Layer.effectDiscard(Effect.addFinalizer(() => Effect.andThen(Effect.logInfo("Stuck."), Effect.never)))
  : Layer.empty

const Drains = Layer.effect(
  Environment,
  Effect.map(Environment, (fixed) => ({ ...fixed, http: { ...fixed.http, drainMs: trouble === "draining" ? 1 : 0 } }))
).pipe(Layer.provide(staticOf("alerter")))

runProgram(
  "alerter",
  serveProgram({
    program: "alerter",
    description: "A program for tests.",
    endpoints: {},
    checks: Effect.succeed([]),
    routes: Layer.empty
  }).pipe(
    Layer.provide([Trouble, Drains]),
    Layer.provide(ServerLayer()),
    Layer.provide(TelemetryLayer("alerter")),
    Layer.provide(world("alerter")),
    Layer.provide(NodeServices.layer)
  )
)
