import { Flag } from "effect/cli"
import * as flags from "../command-line/flags.ts"
import { type OptionsOf, script } from "../command-line/Script.ts"

export const options = script(
  "release",
  `Makes a release of the newest commit: the section "X.Y.Z (unreleased)" of CHANGELOG.md says which. In a clone of its own
it writes the version and the day, runs check, test and check-deploy, makes the packages, the sources, the bill of
materials (SBOM), SHA256SUMS, a statement of provenance and the notes, and tries what it made. Only then the commit and
the tag come into this repository. Nothing is pushed or published: the last lines say how.`,
  {
    dryRun: flags.toggle("dry-run", "Make all of it, and leave this repository as it is"),
    noTests: flags.toggle("no-tests", "With --dry-run: do not run check, test and check-deploy"),
    output: flags.text(
      "output",
      "FOLDER",
      "Where the files go; it must not have any yet, unless --dry-run (default .mutt/release/X.Y.Z)",
      undefined
    ),
    sign: flags.text("sign", "KEY", "Sign SHA256SUMS with this SSH key (ssh-keygen -Y sign -n file)", undefined),
    builder: flags.text(
      "builder",
      "URI",
      "Who builds, for the statement of provenance",
      "urn:mutt:builder:unnamed"
    ).pipe(Flag.filter((text) => URL.canParse(text), () => "Expected a URI")),
    json: flags.json
  }
)

export type Options = OptionsOf<typeof options>
