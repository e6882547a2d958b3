import { Option, Schema } from "effect"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"

const decode = Schema.decodeSync(Schema.fromJsonString(Schema.Struct({
  webUi: Schema.Array(Schema.Struct({ url: Schema.String })),
  keys: Schema.Struct({ admin: Schema.String }),
  /** With `--tls`: the file of the authority. */
  tls: Schema.optionalKey(Schema.Struct({ ca: Schema.String }))
})))

const path = join(import.meta.dirname, "../../.mutt/stack.json")

interface RunningStack {
  readonly url: string
  readonly adminKey: string
  /** File of the authority of its certificates; empty without TLS. */
  readonly authority: string
}

/** Reads where `npm start` has a web-ui program running in this clone, and the key of its administrator. */
export const runningStack = (): Option.Option<RunningStack> => {
  if (!existsSync(path)) return Option.none()
  const { keys, tls, webUi: [webUi] } = decode(readFileSync(path, "utf8"))
  return webUi === undefined
    ? Option.none()
    : Option.some({ url: webUi.url, adminKey: keys.admin, authority: tls?.ca ?? "" })
}
