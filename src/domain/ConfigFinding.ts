import { Schema } from "effect"
import { Program } from "./Settings.ts"

/** One thing that was looked at before a program starts. Holds no secret. */
export const ConfigFinding = Schema.Struct({
  /** Such as `settings` or `TLS to Redis`. */
  item: Schema.String,
  ok: Schema.Boolean,
  detail: Schema.String,
  /** What to do, where it is not ok. */
  fix: Schema.optionalKey(Schema.String)
})
export type ConfigFinding = typeof ConfigFinding.Type

/** What a program found in its own environment. */
export const ConfigReport = Schema.Struct({
  program: Program,
  version: Schema.String,
  findings: Schema.Array(ConfigFinding)
})
export type ConfigReport = typeof ConfigReport.Type

/** What is asked of a program that looks at its environment, and does not start. */
export interface ConfigCheckOptions {
  /** Also what a set-up for production must have. */
  readonly production: boolean
  /** Also whether its servers answer. */
  readonly connect: boolean
  /** The names of all variables of the environment. */
  readonly variables: ReadonlyArray<string>
  /** Those of them that stand in a file of settings, in which nothing else is expected. */
  readonly fromFile: ReadonlyArray<string>
}

export const good = (item: string, detail: string): ConfigFinding => ({ item, ok: true, detail })
export const bad = (item: string, detail: string, fix: string): ConfigFinding => ({ item, ok: false, detail, fix })
