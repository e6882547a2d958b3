import { Data } from "effect"

/** A file does not say its version where it is looked for. */
export class VersionMissing extends Data.TaggedError("VersionMissing")<{ readonly path: string }> {
  override get message() {
    return `${this.path} has no version where one is expected`
  }
}

/** Where the version is written; a pattern has what stands before it, and what stands after it. */
export const versionFiles: ReadonlyArray<{ readonly path: string; readonly patterns: ReadonlyArray<RegExp> }> = [
  { path: "package.json", patterns: [/^(\{\n {2}"name": "mutt",\n {2}"version": ")[^"]+(")/] },
  {
    path: "package-lock.json",
    // npm writes it twice: for the lock file, and for the package at its root.
    patterns: [
      /^(\{\n {2}"name": "mutt",\n {2}"version": ")[^"]+(")/,
      /("packages": \{\n {4}"": \{\n {6}"name": "mutt",\n {6}"version": ")[^"]+(")/
    ]
  },
  { path: "src/api/shared/version.ts", patterns: [/^(export const version = ")[^"]+(")/m] },
  { path: "deploy/helm/mutt/Chart.yaml", patterns: [/^(version: )\S+()$/m, /^(appVersion: )\S+()$/m] },
  { path: "deploy/compose.yaml", patterns: [/(\$\{MUTT_IMAGE:-mutt:)[^}]+(\})/g] },
  { path: "Dockerfile", patterns: [/(VERSION=)\d\S+()/g, /(mutt:)\d\S+()/g] },
  {
    path: "docs/INSTALL.md",
    patterns: [/(mutt-telemetry_)\d[^_]+(_all\.deb)/g, /(mutt-)\d[^\s/]*(\.tgz)/g, /(mutt:)\d\S+()/g]
  }
]

/** The text of that file with this version. */
export const withVersion = (
  { path, patterns }: (typeof versionFiles)[number],
  text: string,
  version: string
): string =>
  patterns.reduce((changed, pattern) => {
    if (changed.search(pattern) < 0) throw new VersionMissing({ path })
    return changed.replace(pattern, (_, before: string, after: string) => before + version + after)
  }, text)
