import { Option, Schema } from "effect"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"

const decode = Schema.decodeSync(Schema.fromJsonString(Schema.Struct({
  webUi: Schema.Array(Schema.Struct({ url: Schema.String })),
  keys: Schema.Struct({ admin: Schema.String })
})))

const path = join(import.meta.dirname, "../../.mutt/stack.json")

/** Reads where `npm start` has a web-ui program running in this clone, and the key of its administrator. */
export const runningStack = (): Option.Option<{ readonly url: string; readonly adminKey: string }> => {
  if (!existsSync(path)) return Option.none()
  const { keys, webUi: [webUi] } = decode(readFileSync(path, "utf8"))
  return webUi === undefined ? Option.none() : Option.some({ url: webUi.url, adminKey: keys.admin })
}
