import { settingTables, type StaticSetting } from "./settingTables.ts"

const wrapped = (text: string): string => text.replaceAll(/(.{1,116})(?: |$)/g, "# $1\n")

/** A value that may stand there as it is; what is told in words is left out. */
const valueOf = (standard: string): string => /^[\w./:{}-]+$/.test(standard) ? standard : ""
const told = (standard: string): string =>
  standard === "" || valueOf(standard) !== "" ? "" : ` (without it: ${standard})`

/** What no program starts without. `required` is a value of another setting. */
const withoutDefault = new Set(["MOOG_WEBHOOK_URL"])

const entry = ({ meaning, name, standard }: StaticSetting): string =>
  withoutDefault.has(name)
    ? `${wrapped(`${meaning} (required)`)}#${name}=\n`
    : `${wrapped(meaning + told(standard))}#${name}=${valueOf(standard)}\n`

/** Every static setting with its meaning and its default, none of them set. */
export const environmentFile = (): string =>
  `# The static settings of MUTT, each with its default: take the # away from what is to be another. Made by npm run docs.
#
# All programs of the machine read this file. What only one shall have stands in a file beside it, which is read after it:
# mutt-ingestor.env for every ingestor, mutt-ingestor-2.env for the one that is called 2. Passwords and keys are no
# settings: they are in the secret store (MUTT_SECRETS).
${settingTables().map(({ heading, settings }) => `\n# ---- ${heading}\n\n${settings.map(entry).join("\n")}`).join("")}`
