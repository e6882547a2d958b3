import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Cause, Clock, Console, Effect, Exit, Logger, References, type Runtime } from "effect"
import { CliError, Command, Flag } from "effect/cli"
import manifest from "../package.json" with { type: "json" }
import { teardown as scriptTeardown } from "./command-line/Script.ts"
import { awaitSettled, readBooks } from "./stack/Books.ts"
import { consoleLine } from "./stack/consoleLine.ts"
import { detach, lastWords } from "./stack/Detached.ts"
import { rotateDemo } from "./stack/rotateDemo.ts"
import { feedSampleEvents } from "./stack/SampleEvents.ts"
import { startStack } from "./stack/Stack.ts"
import { claimStack, type StackDescription } from "./stack/StackFile.ts"
import { outcomeTable, whereTable } from "./stack/table.ts"

const flags = {
  replicas: Flag.Int("replicas").pipe(
    Flag.withDefault(1),
    Flag.filter((n) => n >= 1 && n <= 16, (n) => `${n} is not between 1 and 16`),
    Flag.withDescription("How many of each program")
  ),
  runtime: Flag.Literals("runtime", ["node", "deno"]).pipe(
    Flag.withDefault("node"),
    Flag.withDescription("What runs the programs")
  ),
  ports: Flag.Literals("ports", ["usual", "auto"]).pipe(
    Flag.withDefault("usual"),
    Flag.withDescription("auto: free ports instead of the usual ones")
  ),
  sample: Flag.Boolean("sample").pipe(
    Flag.withDefault(true),
    Flag.withDescription("Feed the shipped sample events (--no-sample: don't)")
  ),
  secrets: Flag.Literals("secrets", ["file", "vault"]).pipe(
    Flag.withDefault("file"),
    Flag.withDescription(
      "Where passwords and keys are kept; vault: in an OpenBao of its own, which is fetched if need be"
    )
  ),
  tls: Flag.Boolean("tls").pipe(
    Flag.withDefault(false),
    Flag.withDescription("Speak TLS on every listener, with certificates of a private authority")
  ),
  monitoring: Flag.Boolean("monitoring").pipe(
    Flag.withDefault(false),
    Flag.withDescription("Start a Prometheus with the shipped rules beside it, where one can be had")
  ),
  rotateDemo: Flag.Boolean("rotate-demo").pipe(
    Flag.withDefault(false),
    Flag.withDescription(
      "Rotate the passwords of both servers every 20 seconds under a little load, and show the counters"
    )
  ),
  detach: Flag.Boolean("detach").pipe(
    Flag.withDefault(false),
    Flag.withDescription("Return once everything is up; npm run stop ends it")
  )
}

const feed = (stack: StackDescription) =>
  Effect.gen(function*() {
    const [ingestor, webUi] = [stack.ingestor[0]?.url ?? "", stack.webUi[0]?.url ?? ""]
    const before = yield* readBooks(webUi, stack.keys.viewer)
    const sent = yield* feedSampleEvents({ url: ingestor, key: stack.keys.ingest, syslogUdp: stack.syslog.udp })
    const after = yield* awaitSettled(webUi, stack.keys.viewer, before, sent)
    yield* Console.log(`\n${outcomeTable(before, after)}`)
  })

const tryIt = (stack: StackDescription) => `
Send one more event:
  curl ${stack.tls === undefined ? "" : `--cacert ${stack.tls.ca} `}${
  stack.ingestor[0]?.url
}/api/v2/ingest -H "X-API-KEY: $(node -p 'require("./.mutt/stack.json").keys.ingest')" \\
    -H 'Content-Type: application/json' \\
    -d '{"hostname":"core1","message":"%LINEPROTO-5-UPDOWN: Interface Gi0/1, changed state to down","severity":"err"}'
`

const up = Effect.fn("start")(function*(options: {
  readonly replicas: number
  readonly runtime: "node" | "deno"
  readonly ports: "usual" | "auto"
  readonly sample: boolean
  readonly secrets: "file" | "vault"
  readonly tls: boolean
  readonly monitoring: boolean
  readonly rotateDemo: boolean
  readonly detach: boolean
}) {
  if (options.detach) return yield* detach
  const begun = yield* Clock.currentTimeMillis
  yield* claimStack
  yield* Console.log("Starting MUTT")
  const { stack, versions } = yield* startStack({ ...options, autoPorts: options.ports === "auto" })
  const seconds = ((yield* Clock.currentTimeMillis) - begun) / 1000
  yield* Console.log(`\nMUTT is up after ${seconds.toFixed(1)} s\n\n${whereTable(stack, versions)}`)
  if (options.sample) yield* feed(stack)
  yield* Console.log(yield* consoleLine(stack.webUi[0]?.url ?? "", stack.keys.admin))
  yield* Console.log(`${tryIt(stack)}\nCtrl-C (or npm run stop) ${lastWords}`)
  yield* Effect.addFinalizer(() => Console.log("\nStopping: programs first, then their servers."))
  return yield* options.rotateDemo ? rotateDemo(stack) : Effect.never
}, Effect.scoped)

const command = Command.make("npm start --", flags, up).pipe(
  Command.withDescription("Brings up MUTT with private servers and a stand-in for the incident platform")
)

const explain = (cause: Cause.Cause<unknown>) =>
  Cause.hasInterruptsOnly(cause) ? Effect.void : Effect.gen(function*() {
    const error = Cause.squash(cause)
    // What is wrong with the words of the command line was said with its help.
    if (CliError.isCliError(error)) return
    yield* Console.error(`\nMUTT did not start: ${error instanceof Error ? error.message : String(error)}`)
  })

/** Ctrl-C and SIGTERM are how a stack is ended: that is no failure. */
const teardown: Runtime.Teardown = (exit, onExit) =>
  Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause) ? onExit(0) : scriptTeardown(exit, onExit)

// Whoever read what this prints may leave before it ends; the stack goes on.
for (const output of [process.stdout, process.stderr]) output.on("error", () => {})

command.pipe(
  Command.run({ version: manifest.version }),
  Effect.tapCause(explain),
  Effect.provide(NodeServices.layer),
  Effect.provideService(References.MinimumLogLevel, "Warn"),
  Effect.provide(Logger.layer([Logger.consolePretty()])),
  NodeRuntime.runMain({ teardown, disableErrorReporting: true })
)
