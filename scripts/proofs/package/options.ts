import * as flags from "../../command-line/flags.ts"
import { script } from "../../command-line/Script.ts"

export const options = script(
  "package-proof",
  `Boots a bare Debian 13 with systemd, PostgreSQL and Redis in namespaces of this machine (root, debootstrap), without a
network, and runs the lines of docs/INSTALL.md in it: the Debian package until its first event is delivered to a stand-in
of the platform, its purge, and the npm package until an event is delivered again. Debian's nodejs is older than MUTT
needs, so the machine has a package of that name with the Node.js of this clone.`,
  { json: flags.json }
)
