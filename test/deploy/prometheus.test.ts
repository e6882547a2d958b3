import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { join } from "node:path"
import { run } from "../../scripts/stack/Command.ts"
import { repository } from "../../scripts/stack/Paths.ts"
import { clientTool } from "../../scripts/stack/Tools.ts"
import { needs } from "../support/needs.ts"

const folder = join(repository, "deploy/prometheus")
const promtool = (...args: ReadonlyArray<string>) =>
  Effect.flatMap(clientTool("promtool"), ({ bin }) => run(bin, args, { cwd: folder }))

needs(["promtool"], () => {
  describe("deploy/prometheus", () => {
    it.live("has rules that Prometheus can read", () =>
      Effect.gen(function*() {
        yield* promtool("check", "rules", "recording.rules.yml", "alerts.rules.yml")
      }))

    it.live("has a configuration that Prometheus can read, with these rules", () =>
      Effect.gen(function*() {
        yield* promtool("check", "config", "prometheus.yml")
      }))

    it.live("fires, for each thing that is broken, exactly the alerts that are listed", () =>
      Effect.gen(function*() {
        const said = yield* promtool("test", "rules", "alerts.test.yml")
        assert.include(said, "SUCCESS")
      }))
  })
})
