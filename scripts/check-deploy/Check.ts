import { type Effect, Schema } from "effect"

/** What speaks against an artefact, a line each. */
export class CheckFailed extends Schema.TaggedError<CheckFailed>()("CheckFailed", {
  problems: Schema.Array(Schema.String)
}) {
  override get message() {
    return this.problems.join("\n")
  }
}

/** Where a tool is, by its name in `.mutt/deploy-tools.json`. */
export type ToolPaths = (name: string) => string

/** One thing that must hold of what ships. */
export interface Check {
  /** For `--only`, in the words of a file name. */
  readonly name: string
  readonly what: string
  /** What it calls; `scripts/bootstrap/deploy.sh` brings each. */
  readonly tools: ReadonlyArray<string>
  /** Needs rights or room that a CI may lack: skipped there too where it cannot run. */
  readonly heavy?: boolean
  /** Takes minutes the first time: it runs when it is named by `--only`. */
  readonly onlyNamed?: boolean
  /** Answers one line that says what was seen. */
  readonly run: (tools: ToolPaths) => Effect.Effect<string, CheckFailed | CannotRun>
}

/** The machine does not let the check run, which says nothing of the artefact. */
export class CannotRun extends Schema.TaggedError<CannotRun>()("CannotRun", { because: Schema.String }) {}
