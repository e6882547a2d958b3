import { Schema } from "effect"

/** A private server could not be brought up. Its own words are in its log. */
export class ServerFailed extends Schema.TaggedError<ServerFailed>()("ServerFailed", {
  server: Schema.String,
  reason: Schema.String,
  log: Schema.String
}) {
  override get message() {
    return `${this.server} did not start: ${this.reason}\n  its log: ${this.log}`
  }
}
