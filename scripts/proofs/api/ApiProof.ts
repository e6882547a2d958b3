import { Effect, Schema, type Scope } from "effect"
import { execFile } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type FourPrograms, fourPrograms } from "../../../test/support/fourPrograms.ts"
import { stateFolder } from "../../stack/Paths.ts"
import { clientTool, type ToolMissing } from "../../stack/Tools.ts"

/** One API of a running program. */
interface Target {
  readonly name: string
  readonly url: string
  readonly key: string
  /** Paths to try, as a regular expression. */
  readonly paths: string
  /**
   * Which kinds of requests: coverage goes through all bounds one by one, fuzzing is random, stateful follows ids from
   * answer to request.
   */
  readonly phases: string
  /** Its part of the time. */
  readonly share: number
}

interface ProofOptions {
  /** For all documents together. */
  readonly seconds: number
  /** Requests of each operation in one round, beside those that go through its bounds one by one. */
  readonly examples: number
  /** Some of each operation: the paths of one version, at random. */
  readonly quick: boolean
}

interface ProofResult {
  readonly api: string
  readonly operations: number
  readonly requests: number
  readonly findings: number
  /** What Schemathesis printed; with findings, how to repeat each. */
  readonly text: string
}

const Report = Schema.fromJsonString(Schema.Struct({
  operations: Schema.Struct({ tested: Schema.Int }),
  test_cases: Schema.Struct({ generated: Schema.Int }),
  failures: Schema.Array(Schema.Unknown),
  errors: Schema.Array(Schema.Unknown)
}))
const decodeReport = Schema.decodeUnknownEffect(Report)

/** What it knows of characters takes seconds to work out, and is kept. */
const cache = join(stateFolder, "cache", "hypothesis")

const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "mutt-api-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
)

/** Tries every operation of a document with data that fits it and data that does not, by all checks of Schemathesis. */
const prove = (target: Target, options: ProofOptions): Effect.Effect<ProofResult, ToolMissing, Scope.Scope> =>
  Effect.gen(function*() {
    const { bin } = yield* clientTool("schemathesis")
    const cwd = yield* folder
    const report = join(cwd, "report.json")
    const args = [
      `--config-file=${join(import.meta.dirname, "schemathesis.toml")}`,
      "run",
      `${target.url}/openapi.json`,
      `--include-path-regex=${target.paths}`,
      `--phases=${target.phases}`,
      `--max-examples=${options.examples}`,
      `--max-time=${Math.max(1, Math.round(options.seconds * target.share))}`,
      "--report=json",
      `--report-json-path=${report}`,
      "--no-color"
    ]
    const { code, text } = yield* Effect.callback<{ readonly code: number; readonly text: string }>((resume) => {
      const child = execFile(
        bin,
        args,
        {
          cwd,
          maxBuffer: 64 * 1024 * 1024,
          env: { ...process.env, MUTT_API_KEY: target.key, HYPOTHESIS_STORAGE_DIRECTORY: cache }
        },
        (error, stdout, stderr) => resume(Effect.succeed({ code: error === null ? 0 : 1, text: stdout + stderr }))
      )
      return Effect.sync(() => child.kill())
    })
    const { errors, failures, operations, test_cases: cases } = yield* Effect.try(() => readFileSync(report, "utf8"))
      .pipe(
        Effect.flatMap(decodeReport),
        Effect.mapError(() => new Error(text)),
        Effect.orDie
      )
    // It may end badly for a reason that it has no finding for.
    const findings = Math.max(code, failures.length + errors.length)
    return { api: target.name, operations: operations.tested, requests: cases.generated, findings, text }
  })

const targets = ({ keys, programs }: FourPrograms, quick: boolean): ReadonlyArray<Target> => [
  {
    name: "web-ui",
    url: programs["web-ui"].url,
    key: keys.admin,
    paths: quick ? "^/api/v1/" : ".*",
    phases: quick ? "fuzzing" : "coverage,fuzzing,stateful",
    share: 0.75
  },
  {
    name: "ingestor",
    url: programs.ingestor.url,
    key: keys.ingest,
    paths: ".*",
    phases: quick ? "coverage" : "coverage,fuzzing",
    share: 0.25
  }
]

/**
 * All of MUTT as processes. Secrets come from their environment, or a rotation would take the keys away under the
 * tester. It tries a wrong key on every operation, and expects 401 each time.
 */
const programs = fourPrograms({
  settings: { AUTH_FREE_FAILURES: "1000000" },
  secretStore: (file, adminFile) =>
    Effect.sync(() => {
      const read = (path: string): Record<string, string> => JSON.parse(readFileSync(path, "utf8"))
      return { programs: { MUTT_SECRETS: "env", ...read(file) }, webUi: read(adminFile) }
    })
})

/** Tries the APIs of running programs. */
export const apiProof = (options: ProofOptions) =>
  Effect.flatMap(programs, (running) => Effect.forEach(targets(running, options.quick), (one) => prove(one, options)))
