import * as NodeServices from "@effect/platform-node/NodeServices"
import { ConfigProvider, Console, Effect, Layer } from "effect"
import { Command } from "effect/cli"
import { SettingsWorld } from "../web-ui/settingsHarness.ts"

/** Gives a command as a person with this key would, and answers what it printed, which also comes line by line in `out`. */
export const runMutt =
  <Name extends string, Input, E, R>(root: Command.Command<Name, Input, object, E, R>, ownKey: string) =>
  (args: ReadonlyArray<string>, key = ownKey, out: Array<string> = []) =>
    Effect.flatMap(SettingsWorld, ({ webUis: [{ url }] }) => muttAt(root, url)(args, key, out))

/** The same at a web-ui program elsewhere. */
export const muttAt =
  <Name extends string, Input, E, R>(root: Command.Command<Name, Input, object, E, R>, url: string) =>
  (args: ReadonlyArray<string>, key: string, out: Array<string> = []) =>
    Effect.gen(function*() {
      const capturing: Console.Console = { ...globalThis.console, log: (...words) => void out.push(words.join(" ")) }
      const env = ConfigProvider.layer(ConfigProvider.fromEnv({ env: { MUTT_URL: url, MUTT_API_KEY: key } }))
      yield* Command.runWith(root, { version: "0" })(args).pipe(
        Effect.provideService(Console.Console, capturing),
        Effect.provide(Layer.merge(NodeServices.layer, env))
      )
      return out.join("\n")
    })
