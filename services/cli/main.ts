import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect, Layer, Logger } from "effect"
import { Command } from "effect/cli"
import manifest from "../../package.json" with { type: "json" }
import { alerts } from "./alerts.ts"
import { CommandFailed, linesOf } from "./api.ts"
import { archive } from "./archive.ts"
import { audit } from "./audit.ts"
import { books } from "./books.ts"
import { checkConfig } from "./checkConfig.ts"
import { config } from "./config.ts"
import { consoleLink } from "./consoleLink.ts"
import { deadLetters } from "./deadLetters.ts"
import { decode } from "./decode.ts"
import { events } from "./events.ts"
import { explain } from "./explain.ts"
import { hostZones } from "./hostZones.ts"
import { migrate } from "./migrate.ts"
import { printError } from "./output.ts"
import { recover } from "./recover.ts"
import { rotate } from "./rotate.ts"
import { rules } from "./rules.ts"
import { run } from "./run.ts"
import { silence } from "./silence.ts"
import { slo } from "./slo.ts"
import { smokeTest } from "./smokeTest.ts"
import { waitReady } from "./waitReady.ts"

const mutt = Command.make("mutt").pipe(
  Command.withDescription("Operate MUTT"),
  Command.withSubcommands([
    run,
    checkConfig,
    waitReady,
    migrate,
    consoleLink,
    config,
    rules,
    silence,
    hostZones,
    alerts,
    deadLetters,
    audit,
    books,
    slo,
    smokeTest,
    rotate,
    recover,
    decode,
    events,
    archive,
    explain
  ])
)

const faultOf = (defect: unknown) => defect instanceof Error ? defect.stack ?? defect.message : String(defect)

mutt.pipe(
  Command.run({ version: manifest.version }),
  Effect.tapError((error) => {
    // Other errors are of what was given here, and have their own lines.
    const [first = "", ...rest] = error instanceof CommandFailed ? linesOf(error) : error.message.split("\n")
    return printError([`mutt: ${first}`, ...rest])
  }),
  Effect.tapDefect((defect) => printError(["mutt: this is a fault of MUTT itself:", ...faultOf(defect).split("\n")])),
  Effect.provide(Layer.merge(NodeServices.layer, Logger.layer([Logger.withConsoleError(Logger.formatLogFmt)]))),
  NodeRuntime.runMain({ disableErrorReporting: true })
)
