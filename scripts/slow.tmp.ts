import { printProofs } from "/work/main/scripts/proofs/Proof.ts"
import { compare } from "/work/main/scripts/proofs/telemetry/compare.ts"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Effect, Logger } from "effect"
Effect.flatMap(compare("slow", 1, { seconds: 120, rounds: 2 }), (proof) => printProofs([proof], false)).pipe(
  Effect.provide(Logger.layer([])),
  NodeRuntime.runMain
)
