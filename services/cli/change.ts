import { Option } from "effect"
import { Flag } from "effect/cli"

/** Why a change is made. */
export const reason = Flag.String("reason").pipe(
  Flag.withAlias("r"),
  Flag.optional,
  Flag.withDescription("Why; kept in the audit")
)
/** The same as the body of a request has it. */
export const because = (text: Option.Option<string>) =>
  Option.match(text, { onNone: () => ({}), onSome: (reason) => ({ reason }) })

/** Which version a change was thought of for. */
export const ifVersion = Flag.Int("if-version").pipe(
  Flag.optional,
  Flag.withDescription("Refuse when it changed after this version")
)
/** The same as a header. */
export const condition = (version: Option.Option<number>) =>
  Option.match(version, { onNone: () => ({}), onSome: (version) => ({ "if-match": `"${version}"` }) })

/** What an answer says of who runs the new version. */
type Told = {
  readonly version: number
  readonly propagated: boolean
  readonly instances: ReadonlyArray<{ readonly ok: boolean }>
}

export const toldWords = ({ instances, propagated, version }: Told): string =>
  propagated
    ? `Version ${version} runs in ${instances.filter(({ ok }) => ok).length} of ${instances.length} processes.`
    : `Version ${version} is kept; Redis does not answer, every process follows when it does.`
