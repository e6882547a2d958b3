import { Data } from "effect"

/** CHANGELOG.md can't be released as it stands; the message says what to change. */
export class ChangelogProblem extends Data.TaggedError("ChangelogProblem")<{ readonly message: string }> {}

export interface Unreleased {
  readonly version: string
  /** What the section says, without its heading. */
  readonly notes: string
}

const heading = /^## (.+)$/m
const unreleased = /^(\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?) \(unreleased\)$/

const sections = (changelog: string) =>
  changelog.split(/^(?=## )/m).slice(1).map((text) => ({
    title: heading.exec(text)?.[1] ?? "",
    notes: text.replace(heading, "").trim()
  }))

/** The section that is to be released: the newest, whose heading is `## 3.1.0 (unreleased)`. */
export const unreleasedSection = (changelog: string): Unreleased => {
  const [newest] = sections(changelog)
  const version = unreleased.exec(newest?.title ?? "")?.[1]
  if (newest === undefined || version === undefined) {
    throw new ChangelogProblem({
      message: `CHANGELOG.md: its newest section is "${
        newest?.title ?? ""
      }": write what changed under "## X.Y.Z (unreleased)"`
    })
  }
  if (newest.notes === "") throw new ChangelogProblem({ message: `CHANGELOG.md: its section ${version} says nothing` })
  return { version, notes: newest.notes }
}

/** The changelog with the day of the release (2026-11-29) in place of "unreleased". */
export const released = (changelog: string, day: string): string => {
  const { version } = unreleasedSection(changelog)
  return changelog.replace(`## ${version} (unreleased)`, `## ${version} (${day})`)
}
