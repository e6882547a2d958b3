import { Schema } from "effect"
import { existsSync, readFileSync } from "node:fs"

/** A server or program could not be brought up. `words` is the end of its log. */
export class ServerFailed extends Schema.TaggedError<ServerFailed>()("ServerFailed", {
  server: Schema.String,
  reason: Schema.String,
  words: Schema.String,
  log: Schema.String
}) {
  override get message() {
    return `${this.server} ${this.reason}\n${this.words}\n  its whole log: ${this.log}`
  }
}

const lastLines = (path: string) =>
  existsSync(path)
    ? readFileSync(path, "utf8").trim().split("\n").slice(-15).map((line) => `  | ${line}`).join("\n")
    : ""

export const serverFailed = (server: string, reason: string, log: string) =>
  new ServerFailed({ server, reason, words: lastLines(log), log })
