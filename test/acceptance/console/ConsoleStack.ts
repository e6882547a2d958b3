import { Context, Effect, Layer } from "effect"
import { awaitSettled, readBooks } from "../../../scripts/stack/Books.ts"
import { feedSampleEvents } from "../../../scripts/stack/SampleEvents.ts"
import { openTab } from "../../support/browser/Tab.ts"
import { type FourPrograms, fourPrograms } from "../../support/fourPrograms.ts"
import { logIn } from "./logIn.ts"

type TabOptions = Parameters<typeof openTab>[0]

interface ConsoleOptions extends Omit<TabOptions, "url"> {
  /** Who is logged in; without it nobody. */
  readonly role?: "viewer" | "operator" | "admin"
  /** The part of the address after `/console/`. */
  readonly path?: string
}

/** All of MUTT with the sample events decided, and the console on it. The tests of a file share it. */
export class ConsoleStack extends Context.Service<ConsoleStack, FourPrograms>()(
  "test/acceptance/console/ConsoleStack"
) {
  static readonly layer = Layer.effect(
    ConsoleStack,
    Effect.gen(function*() {
      const stack = yield* fourPrograms()
      const [ingestor, webUi] = [stack.programs.ingestor.url, stack.programs["web-ui"].url]
      const before = yield* readBooks(webUi, stack.keys.viewer)
      const sent = yield* feedSampleEvents({ url: ingestor, key: stack.keys.ingest, syslogUdp: stack.syslog.udp })
      yield* awaitSettled(webUi, stack.keys.viewer, before, sent)
      return stack
    })
  )
}

/** Opens the console on the stack, logged in as a person of this role. */
export const openConsole = ({ path = "", role, ...options }: ConsoleOptions = {}) =>
  Effect.gen(function*() {
    const { keys, programs } = yield* ConsoleStack
    const tab = yield* openTab({ ...options, url: `${programs["web-ui"].url}/console/${path}` })
    if (role !== undefined) yield* logIn(tab, { key: keys[role], person: "anna" })
    return tab
  })
