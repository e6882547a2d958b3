import type { Checksum } from "./checksums.ts"
import type { Options } from "./options.ts"
import { tagOf } from "./ReleaseClone.ts"

/** What was made, and what is left to a person. */
export const nextSteps = (
  version: string,
  folder: string,
  sums: ReadonlyArray<Checksum>,
  { dryRun, sign }: Pick<Options, "dryRun" | "sign">
): string => {
  const files = sums.map(({ name, sha256 }) => `  ${sha256.slice(0, 16)}…  ${name}`)
  const left = dryRun
    ? ["This was a dry run: this repository has no new commit and no tag."]
    : [
      `This repository has the commit "Release ${version}" and the tag ${tagOf(version)}. To publish:`,
      `  git push --follow-tags`,
      `  and put the files above where people fetch them, with mutt-${version}-notes.md as the words of the release.`
    ]
  const unsigned = sign === undefined ? ["SHA256SUMS is not signed: --sign KEY does it."] : []
  return [`MUTT ${version} in ${folder}:`, ...files, ...unsigned, ...left].join("\n")
}
