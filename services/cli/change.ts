import { Option } from "effect"
import { Flag } from "effect/cli"

export const reason = Flag.String("reason").pipe(
  Flag.withAlias("r"),
  Flag.optional,
  Flag.withDescription("Why; kept in the audit")
)
/** The reason as the body of a request has it. */
export const because = (text: Option.Option<string>) =>
  Option.match(text, { onNone: () => ({}), onSome: (reason) => ({ reason }) })

export const ifVersion = Flag.Int("if-version").pipe(
  Flag.optional,
  Flag.withDescription("Refuse when it changed after this version")
)
/** The version as a header. */
export const ifMatch = (version: Option.Option<number>) =>
  Option.match(version, { onNone: () => ({}), onSome: (version) => ({ "if-match": `"${version}"` }) })

export const dryRun = Flag.Boolean("dry-run").pipe(
  Flag.withDefault(false),
  Flag.withDescription("Only show what would change")
)

interface Propagation {
  readonly version: number
  readonly propagated: boolean
  readonly instances: ReadonlyArray<{ readonly ok: boolean }>
}

/** Says who runs the new version. */
export const propagationText = ({ instances, propagated, version }: Propagation): string =>
  propagated
    ? `Version ${version} runs in ${instances.filter(({ ok }) => ok).length} of ${instances.length} processes.`
    : `Version ${version} is kept; Redis does not answer, every process follows when it does.`
