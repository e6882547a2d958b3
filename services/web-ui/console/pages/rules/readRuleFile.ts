import { Result } from "effect"
import type { RuleFile as RuleFileType } from "../../../../../src/rulefile/RuleFile.ts"
import type { Trouble } from "../../api/problems.ts"

export type RuleFile = RuleFileType

/** Reads a file of rules as the command does; each problem has its line and column. */
export const readRuleFile = async (
  text: string
): Promise<{ readonly file: RuleFile } | { readonly wrong: Trouble }> => {
  // Loaded when it is wanted: it brings a reader of YAML and the patterns.
  const { parseRuleFile } = await import("../../../../../src/rulefile/parseRuleFile.ts")
  const parsed = parseRuleFile(text)
  if (Result.isSuccess(parsed)) return { file: parsed.success }
  return {
    wrong: {
      tag: "Invalid",
      detail: "The file can't be used.",
      fields: parsed.failure.map(({ column, field, line, message }) => ({
        field: `${line}:${column}${field === "" ? "" : ` ${field}`}`,
        message
      })),
      correlationId: undefined
    }
  }
}
