import { Effect, type Scope } from "effect"
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type Issued, makeAuthority } from "../../scripts/stack/Certificates.ts"

const days = (count: number) => new Date(Date.now() + count * 86_400_000)

const authority = (name: string) => {
  const { cert, issue } = makeAuthority({ name, from: days(-30), until: days(3_650) })
  return {
    cert,
    issue: (name: string, hosts: ReadonlyArray<string> = [], from = -1, until = 90): Issued =>
      issue({ name, hosts, from: days(from), until: days(until) })
  }
}

/** An authority of servers and senders, and one that nobody knows. Made once for a process. */
export const right = authority("MUTT of tests")
export const wrong = authority("somebody else")

export const forServer = (name = "localhost") => right.issue(name, ["localhost", "127.0.0.1"])

/** What clients show, good and bad. */
export const clients = {
  good: right.issue("core-relay", ["relay.lab"]),
  unmapped: right.issue("stranger"),
  expired: right.issue("core-relay", ["relay.lab"], -20, -1),
  early: right.issue("core-relay", ["relay.lab"], 1, 20),
  wrong: wrong.issue("core-relay", ["relay.lab"])
} as const

/** Writes a file as tools do that replace one: under another name first. */
export const replace = (path: string, text: string, mode = 0o600): void => {
  writeFileSync(`${path}.new`, text, { mode })
  renameSync(`${path}.new`, path)
}

/** A folder with the files of a listener, as `Environment` names them. */
export const tlsFolder = (first: Issued = forServer()): Effect.Effect<
  {
    readonly folder: string
    readonly files: { readonly certFile: string; readonly keyFile: string }
    readonly caFile: string
  },
  never,
  Scope.Scope
> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => mkdtempSync(join(tmpdir(), "mutt-tls-"))),
      (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true }))
    ),
    (folder) => {
      const files = { certFile: join(folder, "tls.crt"), keyFile: join(folder, "tls.key") }
      const caFile = join(folder, "ca.crt")
      replace(files.certFile, first.cert)
      replace(files.keyFile, first.key)
      replace(caFile, right.cert)
      return { folder, files, caFile }
    }
  )
