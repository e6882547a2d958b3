import { Schema } from "effect"
import { HttpApi, HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { Authenticated } from "../shared/Access.ts"
import { mapOperations, withOptionalBody } from "../shared/document.ts"
import { IdempotencyConflict, keyParameter } from "../shared/Idempotency.ts"
import { BodyTooLarge, Invalid, RoleRefused, Unavailable } from "../shared/Problems.ts"
import { version } from "../shared/version.ts"

/** One message of a device. Other spellings of these names are read too, and other members are kept as fields. */
export const IngestRecord = Schema.StructWithRest(
  Schema.Struct({
    hostname: Schema.optionalKey(Schema.String).annotate({ description: "The device. Without it `source_ip` counts." }),
    message: Schema.optionalKey(Schema.String).annotate({ description: "May be missing for a trap." }),
    timestamp: Schema.optionalKey(Schema.Union([Schema.String, Schema.Finite])).annotate({
      description: "RFC 3339, or epoch seconds, milliseconds, microseconds or nanoseconds."
    }),
    syslog_severity: Schema.optionalKey(Schema.Union([Schema.Int, Schema.String])).annotate({
      description: "0 to 7, or a name such as `err`."
    }),
    facility: Schema.optionalKey(Schema.String),
    program: Schema.optionalKey(Schema.String),
    source_ip: Schema.optionalKey(Schema.String),
    trap_oid: Schema.optionalKey(Schema.String).annotate({ description: "Makes the record an SNMP trap." }),
    variables: Schema.optionalKey(Schema.Array(Schema.Struct({ oid: Schema.String, value: Schema.String })))
  }),
  [Schema.Record(Schema.String, Schema.Json)]
).annotate({ identifier: "IngestRecord" })

/** The answer once every record is stored. */
export const Queued = Schema.Struct({
  status: Schema.Literal("queued"),
  correlation_id: Schema.String,
  accepted: Schema.Int.annotate({ description: "Records that are events in the queue now." }),
  quarantined: Schema.Int.annotate({ description: "Records that could not be read, and are kept with the reason." }),
  over_share: Schema.optionalKey(Schema.Int).annotate({
    description: "Records that could not be read and are only counted: this key is over its share of the quarantine."
  }),
  queue_depth: Schema.Int
}).annotate({ identifier: "Queued" })

/** The answer to a shipper that probes before it sends. No key is needed. */
export const HowTo = Schema.Struct({ status: Schema.Literal("ok"), detail: Schema.String }).annotate({
  identifier: "HowTo"
})

const payload = [
  Schema.Union([IngestRecord, Schema.Array(IngestRecord)]),
  Schema.String.pipe(HttpApiSchema.asText({ contentType: "application/x-ndjson" }))
] as const

const error = [RoleRefused, BodyTooLarge, Invalid, IdempotencyConflict, Unavailable] as const

export class IngestGroup extends HttpApiGroup.make("intake")
  .add(
    HttpApiEndpoint.post("ingest", "/api/v2/ingest", { payload, success: Queued, error }),
    HttpApiEndpoint.post("ingestV1", "/api/v1/ingest", { payload, success: Queued, error }),
    HttpApiEndpoint.post("ingestLegacy", "/ingest", { payload, success: Queued, error }),
    HttpApiEndpoint.put("put", "/api/v2/ingest", { payload, success: Queued, error }),
    HttpApiEndpoint.put("putV1", "/api/v1/ingest", { payload, success: Queued, error }),
    HttpApiEndpoint.put("putLegacy", "/ingest", { payload, success: Queued, error })
  )
  .middleware(Authenticated)
  .add(
    HttpApiEndpoint.get("look", "/api/v2/ingest", { success: HowTo }),
    HttpApiEndpoint.get("lookV1", "/api/v1/ingest", { success: HowTo }),
    HttpApiEndpoint.get("lookLegacy", "/ingest", { success: HowTo })
  )
  .annotateMerge(OpenApi.annotations({
    description:
      "Takes events in: one JSON object, an array, NDJSON, or syslog lines; gzip or deflate. The body says what it is, the "
      + "content type is only a hint. 200 means that each record is stored or quarantined; 503 says when to send again."
  }))
{}

const withKey = (operation: Readonly<Record<string, unknown>>) => {
  const { parameters } = operation
  return { ...operation, parameters: [...(Array.isArray(parameters) ? parameters : []), ingestKeyParameter] }
}

const ingestKeyParameter = {
  ...keyParameter,
  description:
    "Sent again within ten minutes with the same key and body, the records are stored once, and the answer " +
    "has the counts of the first. With another body it is refused."
}

/** The ingestor as its clients see it. */
export class IngestorApi extends HttpApi.make("ingestor")
  .add(IngestGroup)
  .annotateMerge(OpenApi.annotations({
    title: "MUTT ingestor",
    version,
    // A request without a body is one without events.
    transform: (document) =>
      mapOperations(
        document,
        (operation, _path, method) => method === "get" ? operation : withKey(withOptionalBody(operation))
      )
  }))
{}
