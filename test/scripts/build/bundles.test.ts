import { afterEach, assert, beforeAll, describe, it, vi } from "@effect/vitest"
import { execFileSync } from "node:child_process"
import { existsSync } from "node:fs"
import { bundled, bundlesWanted, programFile } from "../../../scripts/build/bundles.ts"
import { programLaunch, programNames } from "../../../scripts/stack/Program.ts"
import { preload } from "../../../services/runtimeFlags.ts"
import { launchedAround as around } from "../stack/launchedAround.ts"

const node = (...args: ReadonlyArray<string>) => execFileSync(process.execPath, args, { encoding: "utf8" })

describe("the bundles of programs", () => {
  beforeAll(() => void node("scripts/build/main.ts"))
  afterEach(() => void vi.unstubAllEnvs())

  it("are what is started, each without what only sources need", () => {
    assert.isFalse(bundlesWanted())
    for (const name of bundled) {
      const { from, path } = programFile(name)
      assert.strictEqual(from, "bundle")
      assert.isTrue(existsSync(path), path)
    }
    for (const name of programNames) {
      const { args } = programLaunch(name, 1, 4, around)
      assert.strictEqual(args.at(-1), programFile(name).path)
      assert.notInclude(args, preload)
    }
  })

  it("make way for the sources when these are wanted", () => {
    vi.stubEnv("MUTT_PROGRAMS_FROM", "sources")
    assert.isFalse(bundlesWanted())
    for (const name of programNames) {
      const { args } = programLaunch(name, 1, 4, around)
      assert.match(args.at(-1) ?? "", new RegExp(`/services/${name}/main\\.ts$`))
      assert.include(args, preload)
    }
  })

  it("say and do what the sources do: the command `mutt` and its help", () => {
    assert.strictEqual(node(programFile("cli").path, "--help"), node("services/cli/main.ts", "--help"))
  })
})
