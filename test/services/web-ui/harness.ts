import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect, Layer, Stream } from "effect"
import { FetchHttpClient, HttpClient, HttpClientRequest, type HttpClientResponse } from "effect/http"
import { AuditChain } from "../../../layers/audit/AuditChain.ts"
import { EventSampleAudit } from "../../../layers/audit/EventSampleAudit.ts"
import { ConfigPublisher } from "../../../layers/config/ConfigPublisher.ts"
import { ConfigRollout } from "../../../layers/config/ConfigRollout.ts"
import { ConfigStore, ConfigStoreUnavailable } from "../../../layers/config/ConfigStore.ts"
import { HostZones } from "../../../layers/config/HostZones.ts"
import { Instances } from "../../../layers/instances/Instances.ts"
import { Postgres, type PostgresStatus } from "../../../layers/postgres/Postgres.ts"
import { Books, type BooksPage, type FlowReading } from "../../../layers/queue/Books.ts"
import { DeadLetters } from "../../../layers/queue/DeadLetters.ts"
import { Deliveries } from "../../../layers/queue/Deliveries.ts"
import { WaitingAlerts } from "../../../layers/queue/WaitingAlerts.ts"
import { Redis, RedisFailed, type RedisStatus } from "../../../layers/redis/Redis.ts"
import { Program } from "../../../services/web-ui/Program.ts"
import { RotationController } from "../../../services/web-ui/rotation/RotationController.ts"
import { NewestChanges } from "../../../services/web-ui/stream/NewestChanges.ts"
import { WebUiSettings, type WebUiValues } from "../../../services/web-ui/WebUiSettings.ts"
import type { DeadLetter } from "../../../src/domain/DeadLetter.ts"
import { startVerification } from "../../../src/logic/auditChain.ts"
import { ConfigAuditMemory } from "../../layers/audit/ConfigAuditMemory.ts"
import { DeliveryRecordMemory } from "../../layers/audit/DeliveryRecordMemory.ts"
import { EventAuditMemory } from "../../layers/audit/EventAuditMemory.ts"
import { EventListMemory } from "../../layers/audit/EventListMemory.ts"
import { ForwardedEventsMemory } from "../../layers/audit/ForwardedEventsMemory.ts"
import { world } from "../../layers/http/harness.ts"
import { KeyedRequestsMemory } from "../../layers/idempotency/KeyedRequestsMemory.ts"
import { DecodeReportMemory } from "../../layers/queue/DecodeReportMemory.ts"
import { RuleHitsMemory } from "../../layers/rules/RuleHitsMemory.ts"
import { RuleRepositoryMemory } from "../../layers/rules/RuleRepositoryMemory.ts"
import { SilencesMemory } from "../../layers/silence/SilencesMemory.ts"
import { SavedViewsMemory } from "../../layers/views/SavedViewsMemory.ts"
import { archivesFixed } from "./archivesFixed.ts"
import { settingsOfTests } from "./settingsOfTests.ts"

const unused = Effect.fail(new RedisFailed({ operation: "none", reason: "unavailable", detail: "not here" }))

const RedisUp = Layer.succeed(Redis, {
  command: (name) => (name === "PING" ? Effect.succeed("PONG") : unused),
  script: () => unused,
  durable: () => unused,
  ownConnection: unused,
  subscribe: () => {
    throw new Error("nobody subscribes here")
  },
  status: Effect.succeed<RedisStatus>({
    connected: true,
    slot: "CURRENT",
    fingerprint: "0a",
    refused: false,
    detail: ""
  }),
  connections: Effect.succeed(new Map()),
  prove: () => unused,
  durabilityProblems: () => unused,
  nodeStates: unused
})

const PostgresUp = Layer.succeed(Postgres, {
  ping: Effect.void,
  status: Effect.succeed<PostgresStatus>({ connected: true, slot: "CURRENT", fingerprint: "0b", detail: "" }),
  connections: Effect.succeed(new Map()),
  syncStandbys: Effect.succeed({ waitedFor: 0, confirm: false }),
  prove: () => Effect.void
})

export const page: BooksPage = {
  accepted: 100,
  quarantined: 3,
  forwarded: 40,
  suppressed: 20,
  unmatched: 30,
  metaAlerts: 2,
  recovered: 0,
  delivered: 35,
  eventsWaiting: 6,
  eventsWaitingBytes: 2_048,
  eventsDead: 3,
  eventsDiscarded: 1,
  alertsWaiting: 4,
  alertsDead: 2,
  alertsDiscarded: 1,
  quarantineHeld: 3,
  quarantineReplayed: 0,
  quarantineDiscarded: 0,
  quarantineTrimmed: 0,
  quarantineOverShare: 0
}

export const reading: FlowReading = {
  page,
  oldestEventMs: 1_500,
  alertsBehind: 1,
  overdueAlertMs: 200,
  breaker: "closed",
  bucket: undefined,
  at: Date.UTC(2026, 7, 22, 10, 30, 30)
}

const BooksFixed = Layer.succeed(Books, {
  page: Effect.succeed(page),
  flow: Effect.succeed(reading),
  rates: Effect.succeed({
    minutes: Array.from({ length: 60 }, (_, index) => (index >= 58 ? 60 : 0)),
    hours: Array.from({ length: 24 }, (_, index) => index * 60),
    // 2026-08-22T10:30:30Z: half a minute into the minute under way.
    at: Date.UTC(2026, 7, 22, 10, 30, 30)
  }),
  settledByHour: Effect.succeed({
    counts: [{ hour: Date.UTC(2026, 7, 22, 8) / 3_600_000, outcome: "forwarded" as const, count: 2 }],
    since: Date.UTC(2026, 7, 22, 5) / 3_600_000,
    oldestWaiting: undefined,
    at: Date.UTC(2026, 7, 22, 10, 30, 30)
  }),
  reset: Effect.succeed({ before: page, after: page })
})

const letter = (number: number): DeadLetter => ({
  entryId: `${number}-0`,
  queue: "events",
  at: "2026-08-22T10:00:00.000Z",
  reason: "poison",
  detail: "cannot be decided",
  attempts: [{ at: "2026-08-22T09:59:00.000Z", reason: "data", detail: "no" }],
  payload: "{\"hostname\":\"<b>sw1</b>\"}"
})

/** Three dead events, kept in memory. */
const DeadLettersFixed = Layer.sync(DeadLetters, () => {
  const kept = new Map([3, 2, 1].map((number) => [`${number}-0`, letter(number)]))
  const take = (ids: ReadonlyArray<string>) => Effect.sync(() => ids.filter((id) => kept.delete(id)))
  return {
    list: (queue, limit, before) =>
      Effect.sync(() =>
        queue === "events"
          ? [...kept.values()].filter(({ entryId }) => before === undefined || entryId < before).slice(0, limit)
          : []
      ),
    scan: () => Effect.succeed([]),
    begin: (_, plan) => Effect.succeed(plan),
    begun: () => Effect.succeed(undefined),
    count: (queue) => Effect.sync(() => (queue === "events" ? kept.size : 0)),
    replay: (_, ids) => take(ids),
    quarantined: () => Effect.succeed([]),
    requeue: () => Effect.succeed([]),
    discard: (_, ids) => take(ids)
  }
})

/** The ledger of settings does not answer: what is read is what is in force. */
const LedgerDown = Layer.mergeAll(
  Layer.mock(ConfigStore, {
    state: Effect.fail(new ConfigStoreUnavailable({ detail: "not here", outcome: "unchanged" })),
    history: () => Effect.succeed({ revisions: [], total: 0 })
  }),
  Layer.mock(ConfigPublisher, {}),
  Layer.mock(HostZones, { state: Effect.succeed({ epoch: "e1", version: 0, zones: [] }) }),
  Layer.mock(AuditChain, {
    read: () => Stream.empty,
    fault: Effect.succeed(undefined),
    verify: Effect.succeed({ ...startVerification, checkpoints: { known: 0, signed: 0, verified: 0 }, cuts: [] })
  }),
  Layer.mock(ConfigRollout, { list: Effect.succeed([]) }),
  Layer.mock(RotationController, { list: Effect.succeed([]) })
)

const DeliveriesNone = Layer.succeed(Deliveries, {
  read: () => Effect.succeed([]),
  forget: () => Effect.void,
  state: () => Effect.succeed(undefined)
})

const NoInstances = Layer.mock(Instances, {
  list: () => Effect.succeed({ now: 0, instances: [] }),
  report: () => Effect.void
})

const NewestChangesFixed = Layer.succeed(NewestChanges, {
  read: Effect.succeed({
    rules: { version: 4 },
    silences: { version: 2 },
    rotation: { open: [] },
    audit: { newest: null }
  })
})

const WaitingAlertsNone = Layer.succeed(WaitingAlerts, {
  due: () => Effect.succeed([]),
  behind: () => Effect.succeed([]),
  find: () => Effect.succeed([]),
  retry: () => Effect.succeed([]),
  handOver: (alerts) => Effect.succeed({ _tag: "done", waiting: alerts.length, enqueued: alerts.length })
})

export const Stores = Layer.mergeAll(RuleHitsMemory, EventListMemory, ForwardedEventsMemory).pipe(
  Layer.provideMerge(EventSampleAudit.pipe(Layer.provideMerge(Layer.merge(EventAuditMemory, DeliveryRecordMemory)))),
  Layer.provideMerge(Layer.mergeAll(RuleRepositoryMemory, SilencesMemory, SavedViewsMemory)),
  Layer.provideMerge(ConfigAuditMemory),
  Layer.merge(
    Layer.mergeAll(
      NoInstances,
      NewestChangesFixed,
      DeliveriesNone,
      WaitingAlertsNone,
      BooksFixed,
      DeadLettersFixed,
      DecodeReportMemory,
      RedisUp,
      PostgresUp,
      LedgerDown
    )
      .pipe(
        Layer.merge(KeyedRequestsMemory)
      )
  )
)

/** The whole program on a free port over memory, and a client aimed at it. */
export const runningWith = (
  stores: typeof Stores,
  settings: Partial<WebUiValues>,
  surroundings = world("web-ui")
) =>
  Program.pipe(
    Layer.provide([FetchHttpClient.layer, NodeServices.layer, archivesFixed]),
    Layer.provideMerge(stores),
    Layer.provide(Layer.succeed(WebUiSettings, { ...settingsOfTests, ...settings })),
    Layer.provide(surroundings),
    Layer.provideMerge(NodeHttpServer.layerTest)
  )

export const running = (stores: typeof Stores, surroundings = world("web-ui")) =>
  runningWith(stores, { pageMaxBytes: 4_194_304 }, surroundings)

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | undefined>>
  // oxlint-disable-next-line typescript/no-explicit-any -- what a client sees before it knows any schema
  readonly body: any
}

type Method = "GET" | "POST" | "PUT" | "DELETE" | "OPTIONS"

/** One request as a script would send it. */
export const call = (
  method: Method,
  path: string,
  options: { readonly key?: string; readonly body?: unknown; readonly headers?: Record<string, string> } = {}
): Effect.Effect<Answer, unknown, HttpClient.HttpClient> =>
  Effect.gen(function*() {
    let request = HttpClientRequest.make(method)(path)
    if (options.key !== "") {
      request = HttpClientRequest.setHeader(request, "x-api-key", options.key ?? "admin-key-of-tests")
    }
    if (typeof options.body === "string") {
      request = HttpClientRequest.bodyText(request, options.body, "application/json")
    } else if (options.body !== undefined) {
      request = HttpClientRequest.bodyJsonUnsafe(request, options.body)
    }
    if (options.headers !== undefined) request = HttpClientRequest.setHeaders(request, options.headers)
    const response: HttpClientResponse.HttpClientResponse = yield* HttpClient.execute(request)
    const type = response.headers["content-type"] ?? ""
    // A stream has no end to wait for: its first part is enough.
    const text = /\/stream(?:$|\?)/.test(path) && type.startsWith("text/event-stream")
      ? yield* Stream.mkString(Stream.take(Stream.decodeText(response.stream), 1))
      : yield* response.text
    const json = /json/.test(type)
    return { status: response.status, headers: response.headers, body: json ? JSON.parse(text) : text }
  })
