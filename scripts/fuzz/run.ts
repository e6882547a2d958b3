import { setImmediate as turn } from "node:timers/promises"
import { seeded } from "../bench/Random.ts"
import { mutate } from "./mutate.ts"
import type { Outcome } from "./Outcome.ts"
import type { Target } from "./targets.ts"

/** An input that showed a fault. */
export interface Found {
  readonly target: string
  /** Of this input alone. */
  readonly seed: number
  readonly problem: string
  readonly input: Uint8Array
}

export interface Report {
  readonly target: string
  readonly inputs: number
  readonly bytes: number
  readonly seconds: number
  /** Longest time without a pause. */
  readonly worstMs: number
  readonly found: ReadonlyArray<Found>
}

export interface Bounds {
  readonly seed: number
  readonly inputs?: number | undefined
  readonly seconds?: number | undefined
}

/**
 * Milliseconds without a pause, and what each byte may add: measured generously, since other programs run beside this
 * one.
 */
const allowedMs = (bytes: number): number => 10 + bytes / 20_000
/** A slow input is measured so often again before it counts: the quickest says what it takes. */
const again = 12
/** Faults of one target that are worth looking at. */
const mostFound = 5

/** Tries inputs on a target until the bounds are met. */
export const fuzz = async (
  target: Target,
  { inputs = Infinity, seconds = Infinity, seed }: Bounds
): Promise<Report> => {
  const began = performance.now()
  const until = began + seconds * 1_000
  const found: Array<Found> = []
  let bytes = 0
  let count = 0
  let worstMs = 0
  for (; count < inputs && found.length < mostFound; count++) {
    if (count % 64 === 0) {
      if (performance.now() >= until) break
      // What Node frees in another turn of the event loop, such as an unpacker, is freed.
      await turn()
    }
    const own = seed + count
    const input = inputOf(target, own)
    bytes += input.length
    const { problem, stepMs } = await tryInput(target, input, own)
    worstMs = Math.max(worstMs, stepMs)
    if (problem !== undefined) found.push({ target: target.name, seed: own, problem, input })
  }
  return { target: target.name, inputs: count, bytes, seconds: (performance.now() - began) / 1_000, worstMs, found }
}

/** The input that a seed stands for. */
const inputOf = (target: Target, seed: number): Uint8Array => mutate(target.seeds, seeded(seed))

/** Tries one input: nothing may be thrown, lost, too large or too slow. */
export const tryInput = async (target: Target, input: Uint8Array, seed: number): Promise<Outcome> => {
  const first = await once(target, input, seed)
  if (first.problem !== undefined || first.stepMs <= allowedMs(input.length)) return first
  let stepMs = first.stepMs
  for (let i = 0; i < again && stepMs > allowedMs(input.length); i++) {
    stepMs = Math.min(stepMs, (await once(target, input, seed)).stepMs)
  }
  return stepMs <= allowedMs(input.length)
    ? { problem: undefined, stepMs }
    : { problem: `${stepMs.toFixed(1)} ms without a pause for ${input.length} bytes`, stepMs }
}

const once = async (target: Target, input: Uint8Array, seed: number): Promise<Outcome> => {
  try {
    return await target.run(input, seeded(~seed))
  } catch (error) {
    return { problem: `threw ${error instanceof Error ? error.message : String(error)}`, stepMs: 0 }
  }
}
