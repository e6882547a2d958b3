import { Metric } from "effect"
import { boundedLabel } from "../../../layers/telemetry/boundedLabel.ts"
import { RotationState } from "../../../src/domain/Rotation.ts"

const state = Metric.gauge("mutt_rotation_state", {
  description:
    "Where the rotation of a secret stands, as this process last saw it: 0 STEADY, 1 STAGED, 2 APPLIED, 3 VERIFIED, 4 PROMOTED, 5 DRAINED."
})

const steps = Metric.counter("mutt_rotation_steps_total", {
  description: "Steps of rotations, by step and outcome (done, blocked, failed).",
  incremental: true
})

const seconds = Metric.histogram("mutt_rotation_step_seconds", {
  description: "Time from the beginning of a step to its end, without the time it was blocked.",
  boundaries: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
})

const openSeconds = Metric.gauge("mutt_rotation_open_seconds", {
  description: "How long the rotation of a secret is open, by secret; 0: it is closed; take max."
})

/** Names come from the secret store, so their number is bounded. */
const named = boundedLabel()

export const stateSeen = (secret: string, now: RotationState) =>
  Metric.update(Metric.withAttributes(state, { secret: named(secret) }), RotationState.literals.indexOf(now))

export const openFor = (secret: string, seconds: number) =>
  Metric.update(Metric.withAttributes(openSeconds, { secret: named(secret) }), seconds)

export const stepCounted = (step: string, outcome: "done" | "blocked" | "failed") =>
  Metric.update(Metric.withAttributes(steps, { step, outcome }), 1)

export const stepTook = (step: string, ms: number) =>
  Metric.update(Metric.withAttributes(seconds, { step }), ms / 1_000)
