import { Clock, Context, Effect, Layer, Logger, Option, SubscriptionRef } from "effect"
import type { HttpClient } from "effect/http"
import { type ConfigStatus, DynamicConfig, type Snapshot } from "../../../layers/config/DynamicConfig.ts"
import { AuthenticationLayer } from "../../../layers/http/AuthenticationLayer.ts"
import { SecretsFromStore } from "../../../layers/secret/SecretLayer.ts"
import type { SettingValues } from "../../../src/domain/Settings.ts"
import { defaults, staticOf } from "../../layers/http/harness.ts"
import { makeSecretStoreMemory } from "../../layers/secret/SecretStoreMemory.ts"
import { settableClock } from "../../support/settableClock.ts"
import { type Answer, call, runningWith, Stores } from "./harness.ts"

const key = (name: string) => `${name}-key-of-the-console`

export const secrets = {
  INGEST_API_KEY: key("ingest"),
  VIEWER_API_KEY: key("viewer"),
  OPERATOR_API_KEY: key("operator"),
  ADMIN_API_KEY_CURRENT: key("admin"),
  ADMIN_API_KEY_NEXT: key("next-admin"),
  API_KEY_ADMIN_FAR: key("far"),
  API_KEY_ADMIN_FAR_FROM: "192.0.2.0/24",
  SESSION_KEY: "seals-the-logins-of-these-tests-alone"
}
export type Name = "ingest" | "viewer" | "operator" | "admin" | "next-admin" | "far"
export { key as keyOf }

/** What a test may change around the program. */
export class Surroundings extends Context.Service<Surroundings, {
  readonly setSecrets: (values: Readonly<Record<string, string>>) => Effect.Effect<void>
  readonly setSettings: (values: Partial<SettingValues>) => Effect.Effect<void>
  /** Lets time go by for the program, at once. */
  readonly pass: (minutes: number) => Effect.Effect<void>
  readonly now: Effect.Effect<number>
  /** Messages that were logged. */
  readonly logged: () => ReadonlyArray<string>
}>()("test/services/web-ui/sessionHarness/Surroundings") {}

/** What logins stand on, beside the settings of the program. */
export const World = (values: Readonly<Record<string, string>>) =>
  Layer.unwrap(Effect.gen(function*() {
    const store = yield* makeSecretStoreMemory(values)
    const config = yield* SubscriptionRef.make<Snapshot>({ epoch: "e1", version: 7, values: defaults, hostZones: [] })
    const { clock, setBack } = yield* settableClock
    const messages: Array<string> = []
    const logger = Logger.make<unknown, void>(({ message }) => void messages.push(String(message)))
    return AuthenticationLayer.pipe(
      Layer.provideMerge(SecretsFromStore),
      Layer.provide(store.layer),
      Layer.provideMerge(Layer.succeed(DynamicConfig, {
        snapshot: () => SubscriptionRef.getUnsafe(config),
        changes: SubscriptionRef.changes(config),
        status: Effect.succeed<ConfigStatus>({ source: "redis", epoch: "e1", version: 7, stale: false, ageMs: 12 })
      })),
      Layer.provideMerge(staticOf("web-ui")),
      Layer.provideMerge(Layer.succeed(Surroundings, {
        setSecrets: store.set,
        setSettings: (changes) =>
          SubscriptionRef.update(config, (now) => ({ ...now, values: { ...now.values, ...changes } })),
        pass: (minutes) => setBack(-minutes * 60_000),
        now: clock.currentTimeMillis,
        logged: () => messages
      })),
      Layer.provideMerge(Layer.succeed(Clock.Clock, clock)),
      Layer.provideMerge(Logger.layer([logger]))
    )
  }))

/** The whole program in memory, whose clock and surroundings a test may change. */
export const Console = (
  settings: Parameters<typeof runningWith>[1] = {},
  values: Readonly<Record<string, string>> = secrets
) => {
  const world = World(values)
  return runningWith(Stores, settings, world).pipe(Layer.provideMerge(world))
}

type Options = NonNullable<Parameters<typeof call>[2]>
type Method = Parameters<typeof call>[0]

export interface Browser {
  /** A request of a page of ours, with the cookie. */
  readonly send: (
    method: Method,
    path: string,
    options?: Omit<Options, "key">
  ) => Effect.Effect<Answer, unknown, HttpClient.HttpClient>
  readonly logIn: (
    name: Name,
    more?: Readonly<Record<string, unknown>>
  ) => Effect.Effect<Answer, unknown, HttpClient.HttpClient>
  /** As it was set last; empty: it was taken away. */
  readonly cookie: () => string
  readonly setCookie: (value: string) => void
  /** With its attributes. */
  readonly setCookieHeader: () => string
}

export const session = "/api/v1/session"

export const rule = {
  match_string: "LINK-DOWN",
  prod_handling: "Page_and_ticket",
  dev_handling: "Ignore",
  team_assignment: "NetOps"
}

/** Keeps cookies as a browser does, of one origin. */
export const browser = (): Browser => {
  let jar = ""
  let header = ""
  const send: Browser["send"] = (method, path, { body, headers } = {}) =>
    Effect.tap(
      call(method, path, {
        key: "",
        ...(body === undefined ? {} : { body }),
        headers: { "sec-fetch-site": "same-origin", ...(jar === "" ? {} : { cookie: jar }), ...headers }
      }),
      (answer) =>
        Effect.sync(() => {
          const set = answer.headers["set-cookie"]
          if (set === undefined) return
          header = set
          const pair = /^[^;]*/.exec(set)?.[0] ?? ""
          jar = pair.endsWith("=") ? "" : pair
        })
    )
  return {
    send,
    logIn: (name, more = {}) => send("POST", session, { body: { key: key(name), ...more } }),
    cookie: () => jar,
    setCookie: (value) => {
      jar = value
    },
    setCookieHeader: () => header
  }
}

/** A request as the program sees it, from this address and with these headers. */
export const sentFrom = (address: string, headers: Readonly<Record<string, string>> = {}, method = "POST") => ({
  headers,
  method,
  peerAddress: Option.some(address)
})
