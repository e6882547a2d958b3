import * as flags from "../../command-line/flags.ts"
import { script } from "../../command-line/Script.ts"

export const options = script(
  "package-proof",
  `Boots a bare Debian 13 with systemd, PostgreSQL and Redis in namespaces of this machine (root, debootstrap), without a
network, and runs the lines of docs/INSTALL.md in it: the Debian package until its first event is delivered to a stand-in
of the platform, its purge, and the npm package until an event is delivered again. Debian's nodejs is older than MUTT
needs, so the machine has a package of that name with the Node.js of this clone.

Then compose.yaml on a machine with Docker: the image of the Dockerfile, and stand-ins of the servers' images made of
Debian's packages, until its first event is delivered; with the profile ha until another Valkey is in the place of one
that is lost.`,
  {
    only: flags.choice("only", ["packages", "compose"], "One of the two", undefined),
    json: flags.json
  }
)
