import { Effect } from "effect"
import { HttpServerRequest, HttpServerResponse } from "effect/http"
import type { Caller } from "../../src/domain/Role.ts"
import { DynamicConfig } from "../config/DynamicConfig.ts"
import { Environment } from "../environment/Environment.ts"
import { Secrets } from "../secret/Secrets.ts"
import { Authentication } from "./Authentication.ts"

/** Settings that an `ingest` key sees: limits of the intake and of connections, no addresses. */
const forSenders = /^(INGEST_MAX|SYSLOG_TCP|SYSLOG_UDP|SERVER_(HEADER|BODY|REQUEST|ANSWER|IDLE|MAX))_/

/**
 * `GET /admin/config`: what is in force in this process. Any key may ask; an `ingest` key sees the limits that it
 * meets, and only `admin` sees the fingerprints of secrets. No secret is ever part of it.
 */
export const adminConfig = Effect.gen(function*() {
  const fixed = yield* Environment
  const dynamic = yield* DynamicConfig
  const secrets = yield* Secrets
  const authentication = yield* Authentication

  const shownTo = (caller: Caller) =>
    caller.role === "ingest"
      ? Object.fromEntries(Object.entries(fixed.shown).filter(([name]) => forSenders.test(name)))
      : fixed.shown

  return Effect.gen(function*() {
    const request = yield* HttpServerRequest.HttpServerRequest
    const caller = yield* authentication.identify(request)
    const snapshot = dynamic.snapshot()
    const status = yield* dynamic.status
    const store = yield* secrets.status
    return HttpServerResponse.jsonUnsafe({
      service: `mutt-${fixed.program}`,
      version: fixed.version,
      instance: fixed.instance,
      caller,
      dynamic_config_enabled: status.source !== "defaults",
      static: shownTo(caller),
      dynamic: snapshot.values,
      config: {
        epoch: snapshot.epoch,
        version: snapshot.version,
        source: status.source,
        stale: status.stale,
        age_ms: status.ageMs
      },
      secrets: {
        store: store.store,
        stale: store.stale,
        age_ms: store.ageMs,
        ...(caller.role === "admin" ? { credentials: store.credentials } : {})
      }
    })
  })
})
