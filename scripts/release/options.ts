import { parseArgs } from "node:util"

export const usage = `Usage: npm run release -- [options]

Makes a release of the newest commit: the section "X.Y.Z (unreleased)" of CHANGELOG.md says which. In a clone of its own
it writes the version and the day, runs check, test and check-deploy, makes the packages, the sources, the bill of
materials (SBOM), SHA256SUMS, a statement of provenance and the notes, and tries what it made. Only then the commit and
the tag come into this repository. Nothing is pushed or published: the last lines say how.

  --dry-run        make all of it, and leave this repository as it is
  --no-tests       with --dry-run: do not run check, test and check-deploy
  --output FOLDER  where the files go (default .mutt/release/X.Y.Z; it must not have any yet, unless --dry-run)
  --sign KEY       sign SHA256SUMS with this SSH key (ssh-keygen -Y sign, namespace "file")
  --builder URI    who builds, for the statement of provenance (default urn:mutt:builder:unnamed)
  --json           print the files and their sums as JSON
  --help           this text
`

export interface Options {
  readonly dryRun: boolean
  readonly tests: boolean
  readonly output: string | undefined
  readonly sign: string | undefined
  readonly builder: string
  readonly json: boolean
  readonly help: boolean
}

/** Throws with a sentence for people when the arguments can't be used. */
export const parseOptions = (args: ReadonlyArray<string>): Options => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      "dry-run": { type: "boolean", default: false },
      "no-tests": { type: "boolean", default: false },
      output: { type: "string" },
      sign: { type: "string" },
      builder: { type: "string", default: "urn:mutt:builder:unnamed" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false }
    }
  })
  if (values["no-tests"] && !values["dry-run"]) {
    throw new RangeError("--no-tests goes with --dry-run only: what is released has passed its tests")
  }
  if (!URL.canParse(values.builder)) throw new RangeError(`--builder wants a URI, not ${values.builder}`)
  return {
    dryRun: values["dry-run"],
    tests: !values["no-tests"],
    output: values.output,
    sign: values.sign,
    builder: values.builder,
    json: values.json,
    help: values.help
  }
}
