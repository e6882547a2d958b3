// Archives as a web-ui program does, as a process that may be killed: ARCHIVER has where, as JSON.
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Effect, Layer, Logger, Schema } from "effect"
import { Environment } from "../../../layers/environment/Environment.ts"
import { EventArchiver } from "../../../services/web-ui/retention/EventArchiver.ts"
import { staticConfig } from "../../../test/layers/connections.ts"
import { pgClient } from "../../../test/support/pgClient.ts"
import { stores } from "./stores.ts"

const decode = Schema.decodeUnknownSync(
  Schema.fromJsonString(Schema.Struct({
    server: Schema.Struct({
      host: Schema.String,
      port: Schema.Int,
      database: Schema.String,
      user: Schema.String,
      password: Schema.String
    }),
    store: Schema.String,
    /** Where the stand-in for a store of buckets answers. */
    endpoint: Schema.optionalKey(Schema.String),
    instance: Schema.String,
    keepDays: Schema.Int
  }))
)

const { endpoint, instance, keepDays, server, store } = decode(process.env["ARCHIVER"])

EventArchiver.use(({ archive }) => archive(store, keepDays)).pipe(
  Effect.provide(EventArchiver.layer.pipe(
    Layer.provide(stores(endpoint)),
    Layer.provide(Layer.succeed(Environment, { ...staticConfig({}), instance })),
    Layer.provide(pgClient(server, 2))
  )),
  Effect.provide(Logger.layer([])),
  NodeRuntime.runMain
)
