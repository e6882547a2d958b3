import { afterEach, assert, beforeAll, describe, it, vi } from "@effect/vitest"
import { Effect } from "effect"
import { execFile, execFileSync } from "node:child_process"
import { existsSync } from "node:fs"
import { promisify } from "node:util"
import { bundled, bundlesWanted, programFile } from "../../../scripts/build/bundles.ts"
import { programLaunch, programNames } from "../../../scripts/stack/Program.ts"
import { preload } from "../../../services/runtimeFlags.ts"
import { s3StandIn } from "../../support/s3StandIn.ts"
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

  it.live("load what only some ask for when it is asked for: the client of a bucket", () =>
    Effect.gen(function*() {
      const { asked, url } = yield* s3StandIn()
      const env = { ...process.env, ARCHIVE_S3_ENDPOINT: url, ARCHIVE_S3_KEY: "standin:standin-secret" }
      const list = [programFile("cli").path, "archive", "list", "s3://events/none", "--json"]
      const ended = yield* Effect.flip(Effect.tryPromise({
        try: () => promisify(execFile)(process.execPath, list, { env }),
        catch: String
      }))
      assert.include(ended, "There is no archive")
      assert.deepStrictEqual([...new Set(asked)], ["GET events"])
    }))
})
