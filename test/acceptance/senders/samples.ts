import { readFileSync } from "node:fs"
import { join } from "node:path"
import { repository } from "../../../scripts/stack/Paths.ts"

const page = readFileSync(join(repository, "docs/SENDERS.md"), "utf8")

/** Where things are in this run, in place of what the page writes. */
export interface Places {
  readonly http: string
  readonly syslog: number
  readonly key: string
  /** Syslog over TLS, and the folder of the certificates. */
  readonly tls: { readonly port: number; readonly folder: string }
}

/** A sample of docs/SENDERS.md by the words after its fence, pointed at this run. */
export const sample = (name: string, places: Places): string => {
  const found = page.split("\n```" + name + "\n")[1]?.split("\n```\n")[0]
  if (found === undefined) throw new Error(`docs/SENDERS.md has no sample called ${name}`)
  return found
    .replaceAll("http://mutt.example.com:8080", places.http)
    .replaceAll("mutt.example.com", "127.0.0.1")
    .replaceAll("6514", String(places.tls.port))
    .replaceAll(/\/etc\/mutt\/(?=(?:ca|sender)\.)/g, `${places.tls.folder}/`)
    .replaceAll("5514", String(places.syslog))
    .replaceAll("YOUR-INGEST-KEY", places.key)
    .replaceAll("YOUR-COMMUNITY", "sesame")
}
