import { Context, Effect, type FileSystem, Layer, Logger } from "effect"
import manifest from "../../package.json" with { type: "json" }
import { type ConfigCheckOptions, type ConfigFinding, type ConfigReport, good } from "../../src/domain/ConfigFinding.ts"
import type { Program } from "../../src/domain/Settings.ts"
import { Environment } from "../environment/Environment.ts"
import type { EnvironmentInvalid } from "../environment/setting.ts"
import { tlsFiles } from "../environment/tlsSettings.ts"
import type { Redis } from "../redis/Redis.ts"
import { documentsOf } from "../secret/documentsOf.ts"
import type { Secrets } from "../secret/Secrets.ts"
import type { Vault } from "../vault/Vault.ts"
import { certificateItems, type Listener, settingProblem } from "./certificateItems.ts"
import { fileItems } from "./fileItems.ts"
import { productionItems } from "./productionItems.ts"
import { secretItems } from "./secretItems.ts"
import { serverItems } from "./serverItems.ts"
import { variableItems } from "./variableItems.ts"

/** What a program starts with: the check reads the environment by it, and no other way. */
interface Started<Own, More> {
  readonly environment: Layer.Layer<Environment | Own, EnvironmentInvalid, FileSystem.FileSystem>
  readonly vault: Layer.Layer<Vault, never, Environment | FileSystem.FileSystem>
  /** Is built only where the servers shall be tried. */
  readonly servers: Layer.Layer<Redis | More, never, Environment | Secrets | FileSystem.FileSystem>
  readonly secrets: Layer.Layer<Secrets, never, Environment | Vault | FileSystem.FileSystem>
  /** Beside the HTTP server. */
  readonly listeners?: ReadonlyArray<Listener<Environment | Own>>
}

const httpListener: Listener<Environment> = {
  item: "certificate",
  settings: "SERVER_TLS_CERT_FILE and SERVER_TLS_KEY_FILE",
  files: Effect.map(Environment, ({ tls }) => tlsFiles(tls))
}

const unread = good("secrets", "in Vault, which is asked with --connect")

/** Looks at the environment of a program as the program reads it, and at its files; at its servers when asked to. */
export const checkConfig =
  <Own, More>(program: Program, started: Started<Own, More>) => (options: ConfigCheckOptions) =>
    Effect.gen(function*() {
      const read = yield* Effect.result(Layer.build(started.environment))
      const report = (findings: ReadonlyArray<ConfigFinding>): ConfigReport => ({
        program,
        version: manifest.version,
        findings
      })
      const variables = variableItems(options)
      if (read._tag === "Failure") {
        return report([...read.failure.problems.map(settingProblem), ...variables.filter(({ ok }) => !ok)])
      }
      const environment = read.success
      const fixed = Context.get(environment, Environment)
      const world = Layer.succeedContext(environment)
      const vault = started.vault.pipe(Layer.provide(world))
      const store = documentsOf(program, fixed.secrets).pipe(Layer.provide(vault))
      const readable = fixed.secrets.kind !== "vault" || options.connect
      const inStore = readable
        ? secretItems(fixed, options.production).pipe(Effect.provide(store))
        : Effect.succeed([unread])
      const servers = started.servers.pipe(
        Layer.provide(started.secrets),
        Layer.provide(vault),
        Layer.provideMerge(world)
      )
      return report([
        good("settings", `${Object.keys(fixed.shown).length} can be used`),
        ...variables,
        ...yield* fileItems(fixed),
        ...yield* certificateItems([httpListener, ...started.listeners ?? []]).pipe(Effect.provide(world)),
        ...yield* inStore,
        ...options.production ? productionItems(fixed) : [],
        ...options.connect ? yield* serverItems(fixed).pipe(Effect.provide(servers)) : []
      ])
    }).pipe(Effect.scoped, Effect.provide(Logger.layer([])))
