import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Console, Effect, Layer, Logger } from "effect"
import { Command } from "effect/cli"
import manifest from "../../package.json" with { type: "json" }
import { audit } from "./audit.ts"
import { config } from "./config.ts"
import { decode } from "./decode.ts"
import { hostZones } from "./hostZones.ts"
import { migrate } from "./migrate.ts"
import { rotate } from "./rotate.ts"
import { rules } from "./rules.ts"

const mutt = Command.make("mutt").pipe(
  Command.withDescription("Operate MUTT"),
  Command.withSubcommands([migrate, config, rules, hostZones, audit, rotate, decode])
)

mutt.pipe(
  Command.run({ version: manifest.version }),
  Effect.tapError((error) => Console.error(`mutt: ${error.message}`)),
  Effect.provide(Layer.merge(NodeServices.layer, Logger.layer([Logger.withConsoleError(Logger.formatLogFmt)]))),
  NodeRuntime.runMain({ disableErrorReporting: true })
)
