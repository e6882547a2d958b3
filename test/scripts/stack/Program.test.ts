import { afterEach, assert, describe, it, vi } from "@effect/vitest"
import { programLaunch, programNames } from "../../../scripts/stack/Program.ts"
import { launchedAround as around } from "./launchedAround.ts"

describe("what npm start runs", () => {
  afterEach(() => void vi.unstubAllEnvs())

  it("has the settings of whoever starts it, such as those of telemetry, but for what makes the stack", () => {
    const settings = {
      MUTT_OTEL_MODE: "traces",
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318",
      OTEL_EXPORTER_OTLP_HEADERS: "x-token=secret"
    }
    for (const [name, value] of Object.entries({ ...settings, DB_HOST: "elsewhere" })) vi.stubEnv(name, value)
    for (const name of programNames) {
      const { env } = programLaunch(name, 1, 4, around)
      assert.deepInclude(env, { ...settings, DB_HOST: "127.0.0.1" })
    }
  })
})
