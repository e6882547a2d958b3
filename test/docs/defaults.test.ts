import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect, type FileSystem, Layer } from "effect"
import { Environment } from "../../layers/environment/Environment.ts"
import { EnvironmentLayerWith } from "../../layers/environment/EnvironmentLayer.ts"
import type { EnvironmentInvalid } from "../../layers/environment/setting.ts"
import { vaultSettings } from "../../layers/environment/vaultSettings.ts"
import { settingTables } from "../../scripts/package/settingTables.ts"
import { AlerterSettings, alerterSettings } from "../../services/alerter/AlerterSettings.ts"
import { IngestorSettings, ingestorSettings } from "../../services/ingestor/IngestorSettings.ts"
import { ForwarderSettings, forwarderSettings } from "../../services/moog-forwarder/ForwarderSettings.ts"
import { WebUiSettings, webUiSettings } from "../../services/web-ui/WebUiSettings.ts"
import { staticSettings } from "../../src/domain/StaticSettings.ts"
import { read } from "./documents.ts"

/** All that cannot be left out. */
const environment = ConfigProvider.layer(
  ConfigProvider.fromEnv({ env: { MOOG_WEBHOOK_URL: "https://platform.example.com/alerts", POD_NAME: "one" } })
)

const files = NodeFileSystem.layer.pipe(Layer.merge(environment))
const shownBy = <Id>(layer: Layer.Layer<Environment | Id, EnvironmentInvalid, FileSystem.FileSystem>) =>
  Effect.map(Environment, ({ shown }) => shown).pipe(Effect.provide(layer), Effect.provide(files))

const programs = [
  ["Ingestor", shownBy(EnvironmentLayerWith("ingestor", IngestorSettings, ingestorSettings))],
  ["Alerter", shownBy(EnvironmentLayerWith("alerter", AlerterSettings, alerterSettings))],
  ["Moog forwarder", shownBy(EnvironmentLayerWith("moog-forwarder", ForwarderSettings, forwarderSettings))],
  ["Web UI", shownBy(EnvironmentLayerWith("web-ui", WebUiSettings, webUiSettings))]
] as const

/** Whose defaults are told in words. */
const inWords = new Set(["POD_NAME", "MOOG_WEBHOOK_URL", "MUTT_PROGRAMS"])
const unset = new Set(["", "the system's"])

/** What is read, but shown to nobody. */
const hidden = Effect.forEach(
  Object.values(vaultSettings),
  ({ config, name }) => Effect.map(config, (value) => [name, value] as const)
)

/** Variable → default, as the tables below this heading of the page have them. */
const documented = (heading: string): ReadonlyMap<string, string> => {
  const [, part = ""] = read("docs/CONFIGURATION.md").split(`\n### ${heading}\n`)
  const rows = (part.split(/\n##+ /)[0] ?? "").matchAll(/^\| ((?:`[A-Z0-9_]+`(?:, )?)+) \|([^|]*)\|/gm)
  return new Map([...rows].flatMap(([, names = "", defaults = ""]) => {
    const variables = [...names.matchAll(/[A-Z0-9_]+/g)].map(([name]) => name)
    const values = defaults.trim().replaceAll("`", "").split(", ")
    return variables.map((name, index) => [name, values[index] ?? values[0] ?? ""] as const)
  }))
}

describe("the tables of variables in docs/CONFIGURATION.md", () => {
  for (const [heading, shownThere] of programs) {
    it.effect(`have what is read and its default: ${heading}`, () =>
      Effect.gen(function*() {
        const shown = yield* shownThere
        const inForce = new Map([...yield* hidden, ...Object.entries(shown)])
        const told = new Map([...documented("Every program"), ...documented(heading)])
        const wrong = [...told].filter(([name, value]) =>
          !inWords.has(name) && String(inForce.get(name)) !== (unset.has(value) ? "undefined" : value)
        )
        assert.deepStrictEqual(wrong.map(([name, value]) => `${name}: ${value}, and it is ${inForce.get(name)}`), [])
        assert.deepStrictEqual([...inForce.keys()].filter((name) => !told.has(name)), [])
      }).pipe(Effect.provide(environment)))
  }

  it("have every variable that `mutt check-config` knows as a setting, and no other", () => {
    assert.sameMembers([...new Set(settingTables().flatMap(({ settings }) => settings.map(({ name }) => name)))], [
      ...staticSettings
    ])
  })
})
