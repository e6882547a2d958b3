import type { Checksum } from "./checksums.ts"

export interface Build {
  readonly version: string
  /** The commit that was built, in hex. */
  readonly commit: string
  /** Where that commit is to be had; without one, `git+local`. */
  readonly repository: string | undefined
  /** The SHA-256 of package-lock.json, which pins whatever else went in. */
  readonly lockFile: string
  /** The SHA-256 of what built it, which bootstrap pins: Node.js. */
  readonly node: string
  /** Who built it, as a URI. */
  readonly builder: string
  /** ISO 8601. */
  readonly started: string
  readonly finished: string
}

/**
 * What was built of what, and by whom: an in-toto statement (v1) with a SLSA provenance (v1) as its predicate. It is not
 * signed by itself; a signature over SHA256SUMS, which lists it, covers it.
 */
export const provenance = (build: Build, subjects: ReadonlyArray<Checksum>): string =>
  JSON.stringify(
    {
      _type: "https://in-toto.io/Statement/v1",
      subject: subjects.map(({ name, sha256 }) => ({ name, digest: { sha256 } })),
      predicateType: "https://slsa.dev/provenance/v1",
      predicate: {
        buildDefinition: {
          buildType: "urn:mutt:npm-run-release:1",
          externalParameters: { version: build.version },
          internalParameters: { node: build.node },
          resolvedDependencies: [
            { uri: `git+${build.repository ?? "local"}`, digest: { gitCommit: build.commit } },
            { uri: "file:package-lock.json", digest: { sha256: build.lockFile } }
          ]
        },
        runDetails: {
          builder: { id: build.builder },
          metadata: { startedOn: build.started, finishedOn: build.finished }
        }
      }
    },
    undefined,
    2
  ) + "\n"
