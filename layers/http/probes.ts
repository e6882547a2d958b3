import { Effect, Metric } from "effect"
import { HttpServerResponse } from "effect/http"
import type { ProcessReport } from "../../src/domain/ProcessReport.ts"
import type { Check, CheckResult } from "./HealthCheck.ts"
import { checkState, ready } from "./metrics.ts"

interface ProbeOptions {
  /** `mutt-ingestor` … */
  readonly service: string
  readonly version: string
  readonly instance: string
  readonly checks: ReadonlyArray<Check>
  readonly draining: () => boolean
}

interface Finding {
  readonly check: Check
  readonly result: CheckResult
}

const stateValue = { ok: 0, degraded: 1, down: 2 } as const

/** Answers `/healthz` (alive), `/readyz` (able to work) and `/health` (both, as MUTT 2 did). */
export const makeProbes = (options: ProbeOptions) => {
  const gauges = new Map(
    options.checks.map((check) => [check.name, Metric.withAttributes(checkState, { check: check.name })])
  )

  const examine = Effect.gen(function*() {
    const findings = yield* Effect.forEach(
      options.checks,
      (check) => Effect.map(check.check, (result): Finding => ({ check, result })),
      { concurrency: "unbounded" }
    )
    const able = !options.draining() &&
      findings.every(({ check, result }) => !check.required || result.state !== "down")
    for (const { check, result } of findings) {
      const gauge = gauges.get(check.name)
      if (gauge !== undefined) yield* Metric.update(gauge, stateValue[result.state])
    }
    yield* Metric.update(ready, able ? 1 : 0)
    return { able, findings }
  })

  const stateOf = (able: boolean): ProcessReport["state"] =>
    options.draining() ? "draining" : able ? "ready" : "not_ready"

  const identity = { service: options.service, version: options.version }

  const readyz = Effect.map(examine, ({ able, findings }) =>
    HttpServerResponse.jsonUnsafe({
      status: stateOf(able),
      ...identity,
      instance: options.instance,
      checks: checksOf(findings)
    }, { status: able ? 200 : 503 }))

  /** The same, for the report of this process. */
  const state = Effect.map(examine, ({ able, findings }) => ({ state: stateOf(able), checks: checksOf(findings) }))

  const health = Effect.map(examine, ({ able, findings }) => {
    const connections = findings.flatMap(({ check, result }) => {
      const name = originalNames[check.name]
      return name === undefined ? [] : [[name, result.state === "down" ? "disconnected" : "connected"] as const]
    })
    const down = findings.filter(({ check, result }) => check.required && result.state === "down")
    return HttpServerResponse.jsonUnsafe({
      status: able ? "healthy" : "unhealthy",
      ...identity,
      ...Object.fromEntries(connections),
      ...(able
        ? {}
        : { error: options.draining() ? "draining" : down.map(({ check }) => `${check.name} down`).join(", ") })
    }, { status: able ? 200 : 503 })
  })

  const healthz = HttpServerResponse.jsonUnsafe({ status: "alive", ...identity })

  return { healthz, readyz, health, examine, state }
}

const checksOf = (findings: ReadonlyArray<Finding>): ProcessReport["checks"] =>
  Object.fromEntries(findings.map(({ check, result: { ageMs, detail, state } }) => [check.name, {
    state,
    required: check.required,
    ...(ageMs === undefined ? {} : { age_ms: ageMs }),
    ...(detail === undefined ? {} : { detail })
  }]))

/** Names in `/health`, as MUTT 2 had them. */
const originalNames: Readonly<Record<string, string>> = { redis: "redis", postgres: "database" }
