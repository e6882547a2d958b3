// Archives as a web-ui program does, as a process that may be killed: ARCHIVER has where, as JSON.
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect, Layer, Logger, Schema } from "effect"
import { ArchiveStoreFile } from "../../../layers/archive/ArchiveStoreFile.ts"
import { Environment } from "../../../layers/environment/Environment.ts"
import { EventArchiver } from "../../../services/web-ui/retention/EventArchiver.ts"
import { staticConfig } from "../../../test/layers/connections.ts"
import { program } from "./program.ts"

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
    instance: Schema.String,
    keepDays: Schema.Int
  }))
)

const { instance, keepDays, server, store } = decode(process.env["ARCHIVER"])

EventArchiver.use(({ archive }) => archive(store, keepDays)).pipe(
  Effect.provide(EventArchiver.layer.pipe(
    Layer.provide(ArchiveStoreFile),
    Layer.provide(Layer.succeed(Environment, { ...staticConfig({}), instance })),
    Layer.provide(program(server, 2)),
    Layer.provide(NodeServices.layer)
  )),
  Effect.provide(Logger.layer([])),
  NodeRuntime.runMain
)
