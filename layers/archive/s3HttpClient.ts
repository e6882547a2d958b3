import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { Effect, FileSystem, type Layer } from "effect"
import type { HttpClient } from "effect/http"

/** The file of `ARCHIVE_S3_CA_FILE`, as PEM; `undefined`: the authorities that the system knows. */
export const s3AuthorityOf = (path: string | undefined) =>
  FileSystem.FileSystem.use((files) => path === undefined ? Effect.succeed(undefined) : files.readFileString(path))

/** Sends over connections that are kept. Follows no redirects. */
export const s3HttpClient = (ca: string | undefined): Layer.Layer<HttpClient.HttpClient> =>
  NodeHttpClient.layerNodeHttpOptions({ keepAlive: true, ...(ca === undefined ? {} : { ca }) })
