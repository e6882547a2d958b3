import { Schema } from "effect"

/** The address can't be listened on. */
export class SyslogUnavailable extends Schema.TaggedError<SyslogUnavailable>()("SyslogUnavailable", {
  transport: Schema.Literals(["udp", "tcp"]),
  host: Schema.String,
  port: Schema.Int,
  cause: Schema.Defect()
}) {}
